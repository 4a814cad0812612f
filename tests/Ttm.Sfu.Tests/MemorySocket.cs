using Ttm.Net;
using Ttm.Rtc;

namespace Ttm.Sfu.Tests;

/// <summary>A socket that hands what is sent to a delegate, so that the media loop can be driven by hand and by a fake clock.</summary>
internal sealed class MemorySocket : IDatagramSocket
{
    private readonly byte[] _buffer = new byte[DatagramLimits.BufferLength];

    public delegate void SentHandler(ReadOnlySpan<byte> datagram, in TransportAddress to);

    public SentHandler? Sent { get; set; }

    public ushort Port => 3478;

    public int ReceiveBufferBytes => MediaSocket.BufferBytes;

    public int Receive(TimeSpan timeout) => 0;

    public void Pause(TimeSpan time)
    {
    }

    public Span<byte> GetReceived(int index, out TransportAddress from) => throw new NotSupportedException();

    public Span<byte> GetSendBuffer() => _buffer;

    public void Send(int length, in TransportAddress to) => Sent?.Invoke(_buffer.AsSpan(0, length), to);

    public int Flush() => 0;

    public void Wake()
    {
    }

    public void Dispose()
    {
    }
}
