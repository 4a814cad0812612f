using System.Numerics;

namespace Ttm.Net;

/// <summary>Counts times in buckets of a quarter of an octave. One writer, the loop, which neither locks nor allocates; readers may see counts a moment old.</summary>
public sealed class LatencyHistogram
{
    private const int PerOctave = 4;
    private const int LowestOctave = 2;
    private const int Octaves = 32;

    /// <summary>How many there are: the last ones hold minutes.</summary>
    public const int Buckets = Octaves * PerOctave;

    private readonly long[] _counts = new long[Buckets];

    public long this[int bucket] => Volatile.Read(ref _counts[bucket]);

    /// <summary>The middle of a bucket.</summary>
    public static TimeSpan MiddleOf(int bucket)
    {
        long width = 1L << (bucket / PerOctave);
        return new TimeSpan((width * (PerOctave + (bucket % PerOctave)) + (width / 2)));
    }

    public void Add(TimeSpan time, int count)
    {
        // Below 400 ns a clock read is as coarse as a bucket.
        ulong ticks = (ulong)Math.Max(time.Ticks, PerOctave);
        int octave = BitOperations.Log2(ticks) - LowestOctave;
        int bucket = (octave * PerOctave) + (int)(ticks >> octave) - PerOctave;
        _counts[Math.Min(bucket, Buckets - 1)] += count;
    }
}
