using Ttm.Rtc;
using Ttm.Rtc.Dtls;
using Ttm.Rtc.Rtp;

namespace Ttm.Net;

/// <summary>
/// An <see cref="RtcClient"/> on a socket of its own, pumped by its owner's thread: what a browser's media stack does with WHIP or WHEP, small
/// enough to have thousands. The load tool and the tests speak to a server with it.
/// </summary>
public class RtcSocketClient : IDisposable
{
    private readonly IDatagramSocket _socket;
    private readonly MediaClock _clock;
    private ushort _sequenceNumber = 1000;
    private uint _timestamp = 5000;

    /// <param name="socket">Becomes this client's own.</param>
    /// <param name="publishes">True to send (WHIP), false to hear (WHEP).</param>
    public RtcSocketClient(IDatagramSocket socket, bool publishes, DtlsCertificate certificate, IRandomness randomness, MediaClock clock)
    {
        _socket = socket;
        _clock = clock;
        Rtc = new RtcClient(publishes, certificate, randomness);
    }

    public delegate void RtpHandler(in RtpPacket packet, Instant now);

    public RtcClient Rtc { get; }

    public RtpHandler? Received { get; set; }

    public bool IsConnected => Rtc.Session is { State: RtcSessionState.Connected };

    public bool IsClosed => Rtc.Session is { State: RtcSessionState.Closed };

    /// <summary>When <see cref="Pump"/> must be called although nothing came.</summary>
    public Instant NextTick => Rtc.Session?.NextTick ?? Instant.Never;

    /// <exception cref="InvalidOperationException">The answer cannot be used; the message says why.</exception>
    public virtual void ApplyAnswer(string answer)
    {
        if (!Rtc.TryApplyAnswer(answer, _clock.Now, out string? error))
            throw new InvalidOperationException(error);
    }

    /// <summary>Takes what has come, does what is due, sends what there is to send.</summary>
    /// <param name="wait">How long to wait where nothing has come.</param>
    public void Pump(TimeSpan wait)
    {
        if (Rtc.Session is not { } session)
            return;
        int count = _socket.Receive(wait);
        var now = _clock.Now;
        bool onlyMedia = count > 0;
        for (int index = 0; index < count; index++)
        {
            var datagram = _socket.GetReceived(index, out var from);
            var reason = session.Receive(datagram, from, now, out var kind, out int length);
            onlyMedia &= kind == DatagramKind.Rtp;
            if (reason == DropReason.None && kind == DatagramKind.Rtp && RtpPacket.TryParse(datagram[..length], out var packet))
                Received?.Invoke(packet, now);
        }

        // Media changes neither the transport nor its timers.
        if (!onlyMedia || session.NextTick <= now)
            Settle(session, now);
    }

    /// <summary>Sends one packet of the stream; 20 ms pass in its timestamps.</summary>
    public void SendPacket(ReadOnlySpan<byte> payload)
    {
        int length = Rtc.WritePacket(_socket.GetSendBuffer(), false, _sequenceNumber++, _timestamp, payload);
        _timestamp += OpusPayload.UsualSamples;
        if (length == 0)
            throw new InvalidOperationException("Not connected.");
        _socket.Send(length, Rtc.Session!.Remote);
        _socket.Flush();
    }

    /// <summary>Sends bytes as they are, from this client's address.</summary>
    public void SendRaw(ReadOnlySpan<byte> datagram, in TransportAddress to)
    {
        datagram.CopyTo(_socket.GetSendBuffer());
        _socket.Send(datagram.Length, to);
        _socket.Flush();
    }

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        if (!disposing)
            return;
        Rtc.Session?.Dispose();
        _socket.Dispose();
    }

    private void Settle(RtcSession session, Instant now)
    {
        if (session.NextTick <= now)
            session.Tick(now);
        while (session.TryTakeDatagram(_socket.GetSendBuffer(), out int length, out var to))
            _socket.Send(length, to);
        _socket.Flush();
    }
}
