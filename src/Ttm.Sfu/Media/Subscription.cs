using Ttm.Rtc;
using Ttm.Rtc.Rtcp;
using Ttm.Rtc.Rtp;

namespace Ttm.Sfu.Media;

/// <summary>
/// A student's connection: one outgoing stream for life, fed by the publication while the student listens and by a trickle of silence while not,
/// which keeps NAT bindings, autoplay and the jitter buffer warm.
/// </summary>
internal sealed class Subscription : MediaSession, IRtpSink
{
    // The pace of Opus DTX (RFC 7587 section 3.1.3), for a student who does not listen.
    private static readonly TimeSpan TrickleInterval = TimeSpan.FromMilliseconds(400);

    // Longer than a teacher's own DTX pace, so that silence is made here only when nothing comes at all.
    private static readonly TimeSpan ListeningSilenceInterval = TimeSpan.FromSeconds(1);

    // Where speech just stops, a browser conceals the gap: it draws out the last sound for hundreds of milliseconds. So silence follows
    // at once, at the pace of speech, until a jitter buffer holds nothing else.
    private static readonly TimeSpan TailInterval = TimeSpan.FromMilliseconds(20);
    private const int TailPackets = 5;

    private readonly StreamRewriter _rewriter;
    private readonly LocalSource _source;
    private readonly byte _payloadType;
    private SenderStatistics _sender;
    private ReportBlock _reception;
    private TimeSpan? _roundTrip;
    private bool _listening;
    private int _tail;
    private Instant _lastSent;

    public Subscription(string id, RtcSession transport, byte payloadType, LocalSource source, IRandomness randomness, Instant now)
        : base(id, transport, randomness, now)
    {
        _payloadType = payloadType;
        _source = source;
        _rewriter = StreamRewriter.Create(source.Ssrc, randomness);
        _lastSent = now;
    }

    protected override Instant NextMediaTick => _lastSent + (_listening ? ListeningSilenceInterval : _tail > 0 ? TailInterval : TrickleInterval);

    public void Open(in StreamPosition start)
    {
        _listening = true;
        _tail = 0;
        _rewriter.SwitchSource();
        Flight.Listening(true, start.At);
    }

    public void Write(in RtpPacket packet, Instant now)
    {
        if (Transport.State != RtcSessionState.Connected)
            return;
        var counters = Loop!.Counters;
        if (!_rewriter.TryRewrite(packet, now, out var header, out var reason))
        {
            counters.Drop(reason);
            Flight.Drop(DatagramKind.Rtp, packet.Datagram, reason, now);
            return;
        }

        SendRtp(header, packet.Payload, now);
        counters.PacketsForwarded++;
        counters.BytesForwarded += packet.Payload.Length;
    }

    public void Close(in StreamPosition end)
    {
        _listening = false;
        _tail = TailPackets;
        Flight.Listening(false, end.At);
    }

    /// <summary>A student may only receive; what it sends is counted and forgotten.</summary>
    public override void OnRtp(ReadOnlySpan<byte> datagram, Instant now)
    {
        Loop!.Counters.Drop(DropReason.NotPublishing);
        Flight.Drop(DatagramKind.Rtp, datagram, DropReason.NotPublishing, now);
    }

    public override void OnRtcp(in RtcpCompound compound, Instant now)
    {
        foreach (var packet in compound)
        {
            if (ReceiverReport.TryParse(packet, out var report))
                Receive(report.Reports, now);
        }
    }

    public override void OnConnected(Instant now) => SendSilence(now);

    protected override void TickMedia(Instant now)
    {
        if (NextMediaTick > now)
            return;
        _tail = Math.Max(0, _tail - 1);
        SendSilence(now);
    }

    protected override StreamReport ReportStream(Instant now) => new(
        (long)_sender.PacketCount,
        _reception.CumulativeLost,
        _reception.FractionLost / 256.0,
        RtpClock.ToTime(_reception.Jitter),
        _roundTrip,
        null);

    protected override bool TryWriteReport(ref RtcpWriter writer, Instant now) =>
        _sender.TryGetInfo(now, Loop!.ToNtp(now), out var info)
        && writer.TryAddSenderReport(_source.Ssrc, info, [])
        && writer.TryAddCname(_source.Ssrc, _source.Cname);

    private void Receive(in ReportBlocks blocks, Instant now)
    {
        foreach (var block in blocks)
        {
            if (block.Ssrc != _source.Ssrc)
                continue;
            _reception = block;
            if (block.TryGetRoundTrip(Loop!.ToNtp(now), out var roundTrip))
                _roundTrip = roundTrip;
        }
    }

    private void SendSilence(Instant now)
    {
        SendRtp(_rewriter.NextSilence(now), OpusPayload.Silence, now);
        Loop!.Counters.SilenceSent++;
    }

    private void SendRtp(in RtpHeaderValues header, ReadOnlySpan<byte> payload, Instant now)
    {
        var buffer = Loop!.GetSendBuffer();
        int length = RtpPacket.WriteHeader(buffer, header.Marker, _payloadType, header.SequenceNumber, header.Timestamp, _source.Ssrc);
        if (length + payload.Length + RtcSession.MaxOverhead > buffer.Length)
            return;
        payload.CopyTo(buffer[length..]);
        if (!Transport.TryProtectRtp(buffer, length + payload.Length, out int protectedLength))
            return;
        Loop.Send(protectedLength, Transport.Remote);
        Flight.SentRtp(buffer[..protectedLength], now);
        _sender.Send(header.Timestamp, payload.Length, now);
        _lastSent = now;
    }
}
