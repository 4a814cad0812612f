using Ttm.Rtc;
using Ttm.Rtc.Rtcp;
using Ttm.Rtc.Rtp;

namespace Ttm.Sfu.Media;

/// <summary>A teacher's connection: takes RTP, tells the teacher's browser by RRs what arrives (RFC 3550 section 6.4.2).</summary>
internal sealed class Publisher : MediaSession
{
    private readonly Publication _publication;
    private readonly byte _payloadType;
    private readonly byte _levelExtension;
    private readonly LocalSource _source;
    private ReceptionStatistics _reception;
    private LevelMeter _level;
    private ReportBlock _lastReport;

    /// <param name="levelExtension">The negotiated id of the audio level, 0 for none.</param>
    public Publisher(string id, RtcSession transport, Publication publication, byte payloadType, byte levelExtension, LocalSource source, IRandomness randomness, Instant now)
        : base(id, transport, randomness, now)
    {
        _publication = publication;
        _payloadType = payloadType;
        _levelExtension = levelExtension;
        _source = source;
    }

    public override void OnRtp(ReadOnlySpan<byte> datagram, Instant now)
    {
        var counters = Loop!.Counters;
        if (!RtpPacket.TryParse(datagram, out var packet))
        {
            counters.Drop(DropReason.MalformedRtp);
            Flight.Drop(DatagramKind.Rtp, datagram, DropReason.MalformedRtp, now);
            return;
        }

        if (packet.PayloadType != _payloadType)
        {
            counters.Drop(DropReason.UnknownPayloadType);
            Flight.Drop(DatagramKind.Rtp, datagram, DropReason.UnknownPayloadType, now);
            return;
        }

        if (packet.Ssrc != _reception.Ssrc || !_reception.HasSource)
            Flight.Source(packet.Ssrc, now);
        _reception.Receive(packet, now);
        _level.Receive(packet, _levelExtension, now);
        counters.PacketsReceived++;
        if (ReferenceEquals(_publication.Publisher, this))
            _publication.Forward(packet, now);
    }

    public override void OnRtcp(in RtcpCompound compound, Instant now)
    {
        foreach (var packet in compound)
        {
            if (SenderReport.TryParse(packet, out var report))
                _reception.ReceiveSenderReport(report.Ssrc, report.Info.Ntp, now);
        }
    }

    public override void OnClosed(Instant now) => _publication.Unpublish(this);

    protected override StreamReport ReportStream(Instant now) => new(
        _reception.Received,
        _reception.Lost,
        _lastReport.FractionLost / 256.0,
        RtpClock.ToTime(_reception.Jitter),
        null,
        _level.Read(now));

    protected override bool TryWriteReport(ref RtcpWriter writer, Instant now)
    {
        Span<ReportBlock> blocks = stackalloc ReportBlock[1];
        int count = _reception.TryTakeReport(now, out blocks[0]) ? 1 : 0;
        _lastReport = blocks[0];
        return writer.TryAddReceiverReport(_source.Ssrc, blocks[..count]) && writer.TryAddCname(_source.Ssrc, _source.Cname);
    }
}
