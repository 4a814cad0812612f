using Ttm.Rtc;

namespace Ttm.Net;

/// <summary>
/// Wall time that runs on with a <see cref="MediaClock"/> from one look at the machine's own: whatever is dated by it keeps its order and its distances
/// when the machine's clock is set meanwhile. So each lesson has one, and a lesson that begins after a clock was set has the new time.
/// </summary>
public sealed class WallClock
{
    private readonly MediaClock _clock;
    private readonly DateTimeOffset _zero;

    internal WallClock(MediaClock clock, DateTimeOffset now)
    {
        _clock = clock;
        _zero = now.AddTicks(-clock.Now.Ticks);
    }

    public DateTimeOffset Now => At(_clock.Now);

    public DateTimeOffset At(Instant instant) => _zero.AddTicks(instant.Ticks);
}
