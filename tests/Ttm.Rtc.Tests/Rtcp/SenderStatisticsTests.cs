using Ttm.Rtc.Rtcp;
using Ttm.Testing;

namespace Ttm.Rtc.Tests.Rtcp;

public sealed class SenderStatisticsTests
{
    private readonly FakeClock _clock = new();
    private SenderStatistics _statistics;

    [Fact]
    public void TryGetInfo_BeforeTheFirstPacket_HasNothing() => _statistics.TryGetInfo(_clock.Now, _clock.Ntp, out _).ShouldBeFalse();

    [Fact]
    public void TryGetInfo_AfterAPause_AdvancesTheTimestamp()
    {
        _statistics.Send(uint.MaxValue - 99, 80, _clock.Now);
        _clock.Advance(TimeSpan.FromMilliseconds(20));
        _statistics.Send(860, 70, _clock.Now);
        _statistics.Send(uint.MaxValue - 99, 50, _clock.Now);
        _clock.Advance(TimeSpan.FromSeconds(0.5));

        _statistics.TryGetInfo(_clock.Now, _clock.Ntp, out var info).ShouldBeTrue();
        info.ShouldBe(new SenderInfo(_clock.Ntp, 860 + 24_000, 3, 200));
    }

    [Fact]
    public void TryTake_OverManyReports_KeepsWithinHalfAndOneAndAHalf()
    {
        var schedule = new ReportSchedule(ReportSchedule.UsualInterval, new SeededRandomness(3), _clock.Now);
        (schedule.Next - _clock.Now).TotalSeconds.ShouldBeInRange(0.25, 0.75);
        HashSet<TimeSpan> intervals = [];
        for (int i = 0; i < 1_000; i++)
        {
            schedule.TryTake(schedule.Next - TimeSpan.FromTicks(1)).ShouldBeFalse();
            var due = schedule.Next;
            schedule.TryTake(due).ShouldBeTrue();
            intervals.Add(schedule.Next - due);
        }

        intervals.Min().TotalSeconds.ShouldBeInRange(0.5, 0.51);
        intervals.Max().TotalSeconds.ShouldBeInRange(1.49, 1.5);
        intervals.Average(interval => interval.TotalSeconds).ShouldBe(1.0, 0.05);
    }
}
