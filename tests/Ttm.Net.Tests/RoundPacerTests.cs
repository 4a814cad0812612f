using Ttm.Rtc;

namespace Ttm.Net.Tests;

public sealed class RoundPacerTests
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(1);
    private RoundPacer _pacer;
    private Instant _now = new(1_000_000);

    [Theory]
    [InlineData(100, 0)]
    [InlineData(200, 250)]
    [InlineData(1000, 250)]
    public void GetPause_ByTheRate_HoldsWhereTwoPacketsWouldGather(int lessons, int expectedMicroseconds)
    {
        Receive(lessons, 1);
        _pacer.GetPause(_now, Long).TotalMicroseconds.ShouldBe(expectedMicroseconds);
    }

    [Fact]
    public void GetPause_SomethingElseIsDue_HoldsNoLonger()
    {
        Receive(500, 1);
        _pacer.GetPause(_now, TimeSpan.FromMicroseconds(40)).TotalMicroseconds.ShouldBe(40);
        _pacer.GetPause(_now + TimeSpan.FromMicroseconds(200), Long).TotalMicroseconds.ShouldBe(50);
        _pacer.GetPause(_now + TimeSpan.FromMilliseconds(2), Long).ShouldBeLessThanOrEqualTo(TimeSpan.Zero);
    }

    [Fact]
    public void GetPause_AFullBatch_HoldsNothing()
    {
        Receive(1000, 1);
        _pacer.Count(DatagramLimits.BatchSize, _now);
        _pacer.GetPause(_now, Long).ShouldBe(TimeSpan.Zero);
    }

    [Fact]
    public void GetPause_TheLessonsHaveEnded_HoldsNothingAnyMore()
    {
        Receive(1000, 1);
        Receive(10, 1);
        _pacer.GetPause(_now, Long).ShouldBe(TimeSpan.Zero);
    }

    /// <summary>A second of so many lessons, with 50 packets each.</summary>
    private void Receive(int lessons, int batch)
    {
        int packets = lessons * 50;
        for (int index = 0; index < packets; index += batch)
        {
            _now += TimeSpan.FromSeconds(1) / packets * batch;
            _pacer.Count(batch, _now);
        }
    }
}
