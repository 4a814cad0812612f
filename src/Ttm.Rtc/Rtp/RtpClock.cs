namespace Ttm.Rtc.Rtp;

/// <summary>Between time and samples of 48 kHz: 625 ticks of 100 ns are exactly three samples.</summary>
public static class RtpClock
{
    private const long GroupTicks = 625;
    private const long GroupSamples = 3;

    /// <summary>Whole samples, rounded towards zero.</summary>
    public static long ToSamples(TimeSpan span) => span.Ticks * GroupSamples / GroupTicks;

    /// <summary>Rounded towards zero to 100 ns.</summary>
    public static TimeSpan ToTime(long samples) => new(samples * GroupTicks / GroupSamples);
}
