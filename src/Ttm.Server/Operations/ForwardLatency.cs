using System.Diagnostics.Metrics;
using Ttm.Net;
using Ttm.Sfu.Media;

namespace Ttm.Server.Operations;

/// <summary>
/// Carries what the media loop counts of its delays into a histogram as others know it: from an arrival in the kernel to the departure. .NET has no histogram that is
/// observed, so that what came since the last time is recorded anew, each in the middle of its bucket.
/// </summary>
internal sealed class ForwardLatency : IDisposable
{
    private readonly Meter _meter;
    private readonly Histogram<double> _histogram;
    private readonly LatencyHistogram _counted;
    private readonly long[] _recorded = new long[LatencyHistogram.Buckets];

    public ForwardLatency(IMeterFactory meters, MediaPort port)
    {
        _counted = port.LoopCounters.Latency;
        _meter = meters.Create("Ttm.Forward");
        _histogram = _meter.CreateHistogram(
            "ttm.forward.latency",
            "s",
            "From a datagram's arrival in the kernel to the moment when what it caused has gone.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.00005, 0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1] });
    }

    /// <summary>A few times a second, one call at a time.</summary>
    public void Update()
    {
        for (var bucket = 0; bucket < _recorded.Length; bucket++)
        {
            var middle = LatencyHistogram.MiddleOf(bucket).TotalSeconds;
            for (var counted = _counted[bucket]; _recorded[bucket] < counted; _recorded[bucket]++)
                _histogram.Record(middle);
        }
    }

    public void Dispose() => _meter.Dispose();
}
