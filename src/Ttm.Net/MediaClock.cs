using Ttm.Rtc;

namespace Ttm.Net;

/// <summary>
/// The one clock of the media side: monotonic <see cref="Instant"/>s from a <see cref="TimeProvider"/>, and their wall time. Wall time is
/// anchored once, so that two places in one process never disagree about how long something took when NTP moves the machine's clock.
/// </summary>
public sealed class MediaClock
{
    private readonly TimeProvider _time;
    private readonly long _startTimestamp;
    private readonly DateTimeOffset _startWall;
    private readonly double _ticksPerStamp;

    public MediaClock(TimeProvider time)
    {
        _time = time;
        _startTimestamp = time.GetTimestamp();
        _startWall = time.GetUtcNow();
        _ticksPerStamp = (double)TimeSpan.TicksPerSecond / time.TimestampFrequency;
    }

    /// <summary>The time since this clock was made. Allocates nothing; costs one clock read.</summary>
    public Instant Now => new((long)((_time.GetTimestamp() - _startTimestamp) * _ticksPerStamp));

    public DateTimeOffset ToWallTime(Instant instant) => _startWall.AddTicks(instant.Ticks);
}
