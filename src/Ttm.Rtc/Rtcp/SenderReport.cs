using System.Buffers.Binary;

namespace Ttm.Rtc.Rtcp;

/// <summary>
/// SR, as a view (RFC 3550 section 6.4.1): the sender's SSRC, its <see cref="SenderInfo"/>, report blocks. Profile-specific extensions
/// behind the blocks are ignored.
/// </summary>
public readonly ref struct SenderReport
{
    private const int FixedLength = 4 + SenderInfo.Length;

    private SenderReport(uint ssrc, SenderInfo info, ReportBlocks reports)
    {
        Ssrc = ssrc;
        Info = info;
        Reports = reports;
    }

    public uint Ssrc { get; }

    public SenderInfo Info { get; }

    public ReportBlocks Reports { get; }

    public static bool TryParse(in RtcpPacket packet, out SenderReport report)
    {
        report = default;
        var body = packet.Body;
        int blocks = packet.Count * ReportBlock.Length;
        if (packet.Type != RtcpPacketType.SenderReport || body.Length < FixedLength + blocks)
            return false;
        if (!SenderInfo.TryParse(body[4..], out var info))
            return false;

        report = new SenderReport(BinaryPrimitives.ReadUInt32BigEndian(body), info, new ReportBlocks(body.Slice(FixedLength, blocks)));
        return true;
    }

    /// <summary>Writes a whole packet; 0 where it does not fit.</summary>
    public static int Write(Span<byte> destination, uint ssrc, in SenderInfo info, ReadOnlySpan<ReportBlock> reports)
    {
        int length = RtcpPacket.HeaderLength + FixedLength + (reports.Length * ReportBlock.Length);
        if (reports.Length > 31 || destination.Length < length)
            return 0;

        RtcpPacket.WriteHeader(destination, reports.Length, RtcpPacketType.SenderReport, length);
        BinaryPrimitives.WriteUInt32BigEndian(destination[4..], ssrc);
        info.Write(destination[8..]);
        for (int i = 0; i < reports.Length; i++)
            reports[i].Write(destination[(RtcpPacket.HeaderLength + FixedLength + (i * ReportBlock.Length))..]);
        return length;
    }
}
