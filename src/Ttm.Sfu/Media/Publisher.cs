using Ttm.Rtc;
using Ttm.Rtc.Rtcp;
using Ttm.Rtc.Rtp;

namespace Ttm.Sfu.Media;

/// <summary>A teacher's connection: takes RTP, tells the teacher's browser by RRs what arrives (RFC 3550 section 6.4.2).</summary>
internal sealed class Publisher : MediaSession
{
    private readonly Publication _publication;
    private readonly byte _payloadType;
    private readonly LocalSource _source;
    private ReceptionStatistics _reception;

    public Publisher(string id, RtcSession transport, Publication publication, byte payloadType, LocalSource source, IRandomness randomness, Instant now)
        : base(id, transport, randomness, now)
    {
        _publication = publication;
        _payloadType = payloadType;
        _source = source;
    }

    public override void OnRtp(ReadOnlySpan<byte> datagram, Instant now)
    {
        var counters = Loop!.Counters;
        if (!RtpPacket.TryParse(datagram, out var packet))
        {
            counters.Drop(DropReason.MalformedRtp);
            return;
        }

        if (packet.PayloadType != _payloadType)
        {
            counters.Drop(DropReason.UnknownPayloadType);
            return;
        }

        _reception.Receive(packet, now);
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

    protected override bool TryWriteReport(ref RtcpWriter writer, Instant now)
    {
        Span<ReportBlock> blocks = stackalloc ReportBlock[1];
        int count = _reception.TryTakeReport(now, out blocks[0]) ? 1 : 0;
        return writer.TryAddReceiverReport(_source.Ssrc, blocks[..count]) && writer.TryAddCname(_source.Ssrc, _source.Cname);
    }
}
