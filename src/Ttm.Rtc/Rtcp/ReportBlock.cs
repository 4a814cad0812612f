using System.Buffers.Binary;

namespace Ttm.Rtc.Rtcp;

/// <summary>
/// A report block of an SR or RR (RFC 3550 section 6.4.1).
/// <code>
/// |                 SSRC of the reported source                   |
/// | fraction lost |       cumulative number of packets lost       |
/// |           extended highest sequence number received           |
/// |                      interarrival jitter                      |
/// |                         last SR (LSR)                         |
/// |                   delay since last SR (DLSR)                  |
/// </code>
/// </summary>
/// <param name="Ssrc">Whose packets are reported on.</param>
/// <param name="FractionLost">Since the previous report, in 1/256.</param>
/// <param name="CumulativeLost">Since the beginning, 24 bits signed: duplicates can make it negative.</param>
/// <param name="HighestSequence">The count of wraps in the high 16 bits, the highest sequence number in the low ones.</param>
/// <param name="Jitter">In units of the RTP clock.</param>
/// <param name="LastSenderReport">The middle 32 bits of the newest SR's NTP time; 0 where none has come.</param>
/// <param name="DelaySinceLastSenderReport">In 1/65536 s; 0 where none has come.</param>
public readonly record struct ReportBlock(
    uint Ssrc,
    byte FractionLost,
    int CumulativeLost,
    uint HighestSequence,
    uint Jitter,
    uint LastSenderReport,
    uint DelaySinceLastSenderReport)
{
    public const int Length = 24;

    public const int MaxCumulativeLost = 0x7F_FFFF;

    public const int MinCumulativeLost = -0x80_0000;

    /// <summary>Reads the first 24 bytes; false where there are fewer.</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out ReportBlock block)
    {
        block = default;
        if (bytes.Length < Length)
            return false;

        uint lost = BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]);
        block = new ReportBlock(
            BinaryPrimitives.ReadUInt32BigEndian(bytes),
            (byte)(lost >> 24),
            (int)(lost << 8) >> 8,
            BinaryPrimitives.ReadUInt32BigEndian(bytes[8..]),
            BinaryPrimitives.ReadUInt32BigEndian(bytes[12..]),
            BinaryPrimitives.ReadUInt32BigEndian(bytes[16..]),
            BinaryPrimitives.ReadUInt32BigEndian(bytes[20..]));
        return true;
    }

    /// <summary>Writes 24 bytes; a <see cref="CumulativeLost"/> beyond 24 bits is written as the nearest one.</summary>
    public int Write(Span<byte> destination)
    {
        uint lost = (uint)Math.Clamp(CumulativeLost, MinCumulativeLost, MaxCumulativeLost) & 0xFF_FFFF;
        BinaryPrimitives.WriteUInt32BigEndian(destination, Ssrc);
        BinaryPrimitives.WriteUInt32BigEndian(destination[4..], ((uint)FractionLost << 24) | lost);
        BinaryPrimitives.WriteUInt32BigEndian(destination[8..], HighestSequence);
        BinaryPrimitives.WriteUInt32BigEndian(destination[12..], Jitter);
        BinaryPrimitives.WriteUInt32BigEndian(destination[16..], LastSenderReport);
        BinaryPrimitives.WriteUInt32BigEndian(destination[20..], DelaySinceLastSenderReport);
        return Length;
    }

    /// <summary>
    /// The round trip that this block proves, for the one it reports on: now − LSR − DLSR (RFC 3550 section 6.4.1). False where no SR had
    /// come to the reporter, or the sum is no sensible time.
    /// </summary>
    /// <param name="now">Wall time at which the block came, on the clock that wrote the SR.</param>
    public bool TryGetRoundTrip(NtpTime now, out TimeSpan roundTrip)
    {
        uint units = now.Middle - LastSenderReport - DelaySinceLastSenderReport;
        bool known = LastSenderReport != 0 && units < 0x8000_0000;
        roundTrip = known ? new TimeSpan(units * TimeSpan.TicksPerSecond / 0x1_0000) : default;
        return known;
    }
}
