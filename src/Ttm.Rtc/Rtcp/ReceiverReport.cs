using System.Buffers.Binary;

namespace Ttm.Rtc.Rtcp;

/// <summary>RR, as a view (RFC 3550 section 6.4.2): the receiver's SSRC and report blocks, perhaps none.</summary>
public readonly ref struct ReceiverReport
{
    private ReceiverReport(uint ssrc, ReportBlocks reports)
    {
        Ssrc = ssrc;
        Reports = reports;
    }

    public uint Ssrc { get; }

    public ReportBlocks Reports { get; }

    public static bool TryParse(in RtcpPacket packet, out ReceiverReport report)
    {
        report = default;
        var body = packet.Body;
        int blocks = packet.Count * ReportBlock.Length;
        if (packet.Type != RtcpPacketType.ReceiverReport || body.Length < 4 + blocks)
            return false;

        report = new ReceiverReport(BinaryPrimitives.ReadUInt32BigEndian(body), new ReportBlocks(body.Slice(4, blocks)));
        return true;
    }

    /// <summary>Writes a whole packet; 0 where it does not fit.</summary>
    public static int Write(Span<byte> destination, uint ssrc, ReadOnlySpan<ReportBlock> reports)
    {
        int length = RtcpPacket.HeaderLength + 4 + (reports.Length * ReportBlock.Length);
        if (reports.Length > 31 || destination.Length < length)
            return 0;

        RtcpPacket.WriteHeader(destination, reports.Length, RtcpPacketType.ReceiverReport, length);
        BinaryPrimitives.WriteUInt32BigEndian(destination[4..], ssrc);
        for (int i = 0; i < reports.Length; i++)
            reports[i].Write(destination[(8 + (i * ReportBlock.Length))..]);
        return length;
    }
}
