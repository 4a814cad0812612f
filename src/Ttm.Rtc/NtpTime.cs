namespace Ttm.Rtc;

/// <summary>
/// Wall time as RTP uses it: 32 bits of seconds since 1900-01-01 UTC, 32 bits of fraction (RFC 3550 section 4,
/// RFC 5905 section 6).
/// </summary>
public readonly record struct NtpTime(ulong Value)
{
    private static readonly DateTimeOffset Epoch = new(1900, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The middle 32 bits, as LSR in report blocks (RFC 3550 section 6.4.1).</summary>
    public uint Middle => (uint)(Value >> 16);

    public static NtpTime From(DateTimeOffset time)
    {
        long ticks = (time - Epoch).Ticks;
        ulong seconds = (ulong)(ticks / TimeSpan.TicksPerSecond);
        ulong fraction = ((ulong)(ticks % TimeSpan.TicksPerSecond) << 32) / TimeSpan.TicksPerSecond;
        return new NtpTime((seconds << 32) | fraction);
    }
}
