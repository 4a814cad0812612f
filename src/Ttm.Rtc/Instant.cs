namespace Ttm.Rtc;

/// <summary>
/// A point on a monotonic clock, in ticks of 100 ns from an origin that only the clock knows. Cores take it as the
/// argument <c>now</c>; only a shell reads a clock. Wall time is a different thing: see <see cref="NtpTime"/>.
/// </summary>
public readonly record struct Instant(long Ticks) : IComparable<Instant>
{
    /// <summary>Later than every instant: "no timer set".</summary>
    public static readonly Instant Never = new(long.MaxValue);

    public static Instant operator +(Instant instant, TimeSpan span) => new(instant.Ticks + span.Ticks);

    public static Instant operator -(Instant instant, TimeSpan span) => new(instant.Ticks - span.Ticks);

    public static TimeSpan operator -(Instant left, Instant right) => new(left.Ticks - right.Ticks);

    public static bool operator <(Instant left, Instant right) => left.Ticks < right.Ticks;

    public static bool operator >(Instant left, Instant right) => left.Ticks > right.Ticks;

    public static bool operator <=(Instant left, Instant right) => left.Ticks <= right.Ticks;

    public static bool operator >=(Instant left, Instant right) => left.Ticks >= right.Ticks;

    public static Instant Add(Instant instant, TimeSpan span) => instant + span;

    public static TimeSpan Subtract(Instant left, Instant right) => left - right;

    /// <summary>The earlier of two.</summary>
    public static Instant Min(Instant left, Instant right) => left <= right ? left : right;

    public int CompareTo(Instant other) => Ticks.CompareTo(other.Ticks);
}
