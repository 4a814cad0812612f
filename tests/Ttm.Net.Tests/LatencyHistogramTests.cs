namespace Ttm.Net.Tests;

public sealed class LatencyHistogramTests
{
    [Theory]
    [InlineData(0, 0.4)]
    [InlineData(0.4, 0.4)]
    [InlineData(1, 1)]
    [InlineData(17, 17)]
    [InlineData(250, 250)]
    [InlineData(20_000, 20_000)]
    [InlineData(1_000_000, 1_000_000)]
    public void Add_OfATime_CountsItWithinAnEighth(double microseconds, double expected)
    {
        var histogram = new LatencyHistogram();
        histogram.Add(TimeSpan.FromMicroseconds(microseconds), 3);

        int bucket = Enumerable.Range(0, LatencyHistogram.Buckets).Single(index => histogram[index] > 0);
        histogram[bucket].ShouldBe(3);
        LatencyHistogram.MiddleOf(bucket).TotalMicroseconds.ShouldBeInRange(expected * 0.875, (expected * 1.13) + 0.1);
    }

    [Fact]
    public void Add_OfAnything_NeverThrows()
    {
        var histogram = new LatencyHistogram();
        foreach (var time in (TimeSpan[])[TimeSpan.MinValue, TimeSpan.FromTicks(-1), TimeSpan.FromDays(9), TimeSpan.MaxValue])
            histogram.Add(time, 1);
        Enumerable.Range(0, LatencyHistogram.Buckets).Sum(index => histogram[index]).ShouldBe(4);
    }

    [Fact]
    public void Buckets_FollowOneAnother()
    {
        var histogram = new LatencyHistogram();
        for (int bucket = 1; bucket < LatencyHistogram.Buckets; bucket++)
            LatencyHistogram.MiddleOf(bucket).ShouldBeGreaterThanOrEqualTo(LatencyHistogram.MiddleOf(bucket - 1));
        for (long ticks = 4; ticks < 1_000_000; ticks += 1 + (ticks / 7))
            histogram.Add(new TimeSpan(ticks), 1);
        int[] used = [.. Enumerable.Range(0, LatencyHistogram.Buckets).Where(index => histogram[index] > 0)];
        used.ShouldBe(Enumerable.Range(0, used.Length));
    }
}
