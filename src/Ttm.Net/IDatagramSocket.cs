using Ttm.Rtc;

namespace Ttm.Net;

/// <summary>
/// A bound UDP socket that receives and sends in batches, used by one thread. Only <see cref="Wake"/> may be called from others.
/// </summary>
public interface IDatagramSocket : IDisposable
{
    ushort Port { get; }

    /// <summary>Bytes that the kernel keeps until they are received, by its own reckoning, which counts each packet several times over.</summary>
    int ReceiveBufferBytes { get; }

    /// <summary>
    /// Waits for datagrams, a <see cref="Wake"/> or the timeout, then takes what is there. Returns how many datagrams lie in the batch, 0 where
    /// there are none.
    /// </summary>
    int Receive(TimeSpan timeout);

    /// <summary>
    /// Lets datagrams gather for <paramref name="time"/>, or until a <see cref="Wake"/>, so that the next <see cref="Receive"/> takes several. Does
    /// nothing where the system cannot wait for less than a millisecond.
    /// </summary>
    void Pause(TimeSpan time);

    /// <summary>How long the oldest datagram of the last batch had been there when <see cref="Receive"/> returned; zero where the system does not tell.</summary>
    TimeSpan Waited => TimeSpan.Zero;

    /// <summary>Datagram <paramref name="index"/> of the last batch: writable, for decryption in place, valid until the next <see cref="Receive"/>.</summary>
    Span<byte> GetReceived(int index, out TransportAddress from);

    /// <summary>Room for the next datagram to send: <see cref="DatagramLimits.BufferLength"/> bytes.</summary>
    Span<byte> GetSendBuffer();

    /// <summary>Queues the first <paramref name="length"/> bytes of the send buffer. A full queue is flushed.</summary>
    void Send(int length, in TransportAddress to);

    /// <summary>Gives what is queued to the kernel. Returns how many datagrams it refused.</summary>
    int Flush();

    /// <summary>Ends a waiting <see cref="Receive"/> at once, from any thread.</summary>
    void Wake();
}

public static class DatagramLimits
{
    /// <summary>No datagram of WebRTC is longer than an Ethernet frame; a longer one is dropped.</summary>
    public const int BufferLength = 2048;

    /// <summary>Datagrams in one batch of <see cref="IDatagramSocket"/>.</summary>
    public const int BatchSize = 64;
}
