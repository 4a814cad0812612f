using System.Net;
using Ttm.Net;
using Ttm.Rtc;
using Ttm.Rtc.Dtls;
using Ttm.Rtc.Rtp;

namespace Ttm.Testing;

/// <summary>
/// A WHIP or WHEP client on a real UDP socket of loopback, pumped by hand: what a browser's media stack does, small enough to have hundreds.
/// </summary>
public sealed class UdpRtcClient : IDisposable
{
    private readonly IDatagramSocket _socket = MediaSocket.Open(IPAddress.Loopback, 0);
    private readonly MediaClock _clock;
    private ushort _sequenceNumber = 1000;
    private uint _timestamp = 5000;

    public UdpRtcClient(bool publishes, DtlsCertificate certificate, IRandomness randomness, MediaClock clock)
    {
        _clock = clock;
        Rtc = new RtcClient(publishes, certificate, randomness);
    }

    public delegate void RtpHandler(in RtpPacket packet, Instant now);

    public RtcClient Rtc { get; }

    public RtpHandler? Received { get; set; }

    public bool IsConnected => Rtc.Session is { State: RtcSessionState.Connected };

    public bool IsClosed => Rtc.Session is { State: RtcSessionState.Closed };

    public void ApplyAnswer(string answer)
    {
        // Loopback reaches loopback alone: other candidates would only cost time.
        string sdp = string.Join("\r\n", answer.Split("\r\n").Where(line => !line.StartsWith("a=candidate:", StringComparison.Ordinal) || line.Contains(" 127.0.0.1 ")));
        if (!Rtc.TryApplyAnswer(sdp, _clock.Now, out string? error))
            throw new InvalidOperationException(error);
    }

    /// <summary>Takes what has come, does what is due, sends what there is to send.</summary>
    public void Pump(TimeSpan wait)
    {
        if (Rtc.Session is not { } session)
            return;
        int count = _socket.Receive(wait);
        var now = _clock.Now;
        for (int index = 0; index < count; index++)
        {
            var datagram = _socket.GetReceived(index, out var from);
            var reason = session.Receive(datagram, from, now, out var kind, out int length);
            if (reason == DropReason.None && kind == DatagramKind.Rtp && RtpPacket.TryParse(datagram[..length], out var packet))
                Received?.Invoke(packet, now);
        }

        if (session.NextTick <= now)
            session.Tick(now);
        while (session.TryTakeDatagram(_socket.GetSendBuffer(), out int length, out var to))
            _socket.Send(length, to);
        _socket.Flush();
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
        Rtc.Session?.Dispose();
        _socket.Dispose();
    }
}
