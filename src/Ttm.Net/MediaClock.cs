using Ttm.Rtc;

namespace Ttm.Net;

/// <summary>
/// The one clock of the media side: monotonic <see cref="Instant"/>s from a <see cref="TimeProvider"/>, and their wall time. That is anchored once, so
/// that two places in one process never disagree about how long something took when NTP moves the machine's clock; what begins later than the process
/// and is dated for people takes a <see cref="WallClock"/> of its own.
/// </summary>
public sealed class MediaClock
{
    private readonly TimeProvider _time;
    private readonly long _startTimestamp;
    private readonly double _ticksPerStamp;
    private readonly WallClock _wall;

    public MediaClock(TimeProvider time)
    {
        _time = time;
        _startTimestamp = time.GetTimestamp();
        _ticksPerStamp = (double)TimeSpan.TicksPerSecond / time.TimestampFrequency;
        _wall = StartWallClock(DateTimeOffset.MinValue);
    }

    /// <summary>The time since this clock was made. Allocates nothing; costs one clock read.</summary>
    public Instant Now => new((long)((_time.GetTimestamp() - _startTimestamp) * _ticksPerStamp));

    /// <summary>By the machine's clock as it was when this clock was made.</summary>
    public DateTimeOffset ToWallTime(Instant instant) => _wall.At(instant);

    /// <summary>A clock that runs from the machine's time as it is now.</summary>
    /// <param name="notBefore">It begins no earlier: what it goes on with has this date already.</param>
    public WallClock StartWallClock(DateTimeOffset notBefore)
    {
        var now = _time.GetUtcNow();
        return new WallClock(this, now > notBefore ? now : notBefore);
    }
}
