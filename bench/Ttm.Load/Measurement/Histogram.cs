using System.Numerics;

namespace Ttm.Load.Measurement;

/// <summary>
/// Durations in buckets that grow with them: 64 to each doubling, so that a quantile is within 1.6 %, from 100 ns upwards, in 20 KiB however many.
/// One owner.
/// </summary>
internal sealed class Histogram
{
    private const int SubBits = 6;
    private const int SubCount = 1 << SubBits;

    private readonly long[] _counts = new long[(64 - SubBits) * SubCount];

    public long Count { get; private set; }

    public TimeSpan Max { get; private set; }

    public void Add(TimeSpan duration)
    {
        long ticks = Math.Max(0, duration.Ticks);
        _counts[BucketOf(ticks)]++;
        Count++;
        if (duration > Max)
            Max = duration;
    }

    public void Add(Histogram other)
    {
        for (int bucket = 0; bucket < _counts.Length; bucket++)
            _counts[bucket] += other._counts[bucket];
        Count += other.Count;
        Max = other.Max > Max ? other.Max : Max;
    }

    /// <summary>Zero where there is nothing.</summary>
    public TimeSpan Quantile(double quantile)
    {
        long wanted = Math.Max(1, (long)Math.Ceiling(Count * quantile));
        long seen = 0;
        for (int bucket = 0; bucket < _counts.Length && Count > 0; bucket++)
        {
            seen += _counts[bucket];
            if (seen >= wanted)
                return new TimeSpan(Math.Min(MiddleOf(bucket), Max.Ticks));
        }

        return TimeSpan.Zero;
    }

    public void Clear()
    {
        Array.Clear(_counts);
        Count = 0;
        Max = TimeSpan.Zero;
    }

    private static int BucketOf(long ticks)
    {
        if (ticks < SubCount)
            return (int)ticks;
        int shift = BitOperations.Log2((ulong)ticks) - SubBits;
        return ((shift + 1) << SubBits) + (int)((ticks >> shift) - SubCount);
    }

    private static long MiddleOf(int bucket)
    {
        if (bucket < SubCount)
            return bucket;
        int shift = (bucket >> SubBits) - 1;
        return ((long)((bucket & (SubCount - 1)) + SubCount) << shift) + (1L << shift >> 1);
    }
}
