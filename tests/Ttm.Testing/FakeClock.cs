using Ttm.Rtc;

namespace Ttm.Testing;

/// <summary>A monotonic and a wall clock that move together, and only when told to.</summary>
public sealed class FakeClock
{
    private readonly DateTimeOffset _wallStart;
    private readonly Instant _start;

    public FakeClock()
        : this(new Instant(TimeSpan.TicksPerHour), new DateTimeOffset(2030, 1, 7, 9, 0, 0, TimeSpan.Zero))
    {
    }

    public FakeClock(Instant start, DateTimeOffset wallStart)
    {
        _start = start;
        _wallStart = wallStart;
        Now = start;
    }

    public Instant Now { get; private set; }

    public DateTimeOffset WallTime => _wallStart + (Now - _start);

    public NtpTime Ntp => NtpTime.From(WallTime);

    public void Advance(TimeSpan span) => AdvanceTo(Now + span);

    public void AdvanceTo(Instant instant)
    {
        if (instant < Now)
            throw new ArgumentOutOfRangeException(nameof(instant), "A monotonic clock does not run backwards.");
        Now = instant;
    }
}
