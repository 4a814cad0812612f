using System.Diagnostics.Metrics;

namespace Ttm.Server.Operations;

/// <summary>Whether the server takes lessons, and how late its media loop is.</summary>
internal sealed class NodeMetrics : IDisposable
{
    private readonly Meter _meter;
    private long _refused;

    public NodeMetrics(IMeterFactory meters, LoopLag lag, IServiceProvider services)
    {
        _meter = meters.Create("Ttm.Node");
        _meter.CreateObservableGauge("ttm.ready", () => services.GetRequiredService<Readiness>().Reasons().Count == 0 ? 1 : 0, description: "1 while new lessons are taken, else 0.");
        _meter.CreateObservableGauge("ttm.loop.lag", () => lag.Worst.TotalSeconds, "s", "The longest wait for the media loop that was seen in the last five seconds.");
        _meter.CreateObservableCounter("ttm.lessons.refused", () => Volatile.Read(ref _refused), description: "Lessons that were not taken, because the server was too busy, full or about to stop.");
    }

    public void LessonRefused() => Interlocked.Increment(ref _refused);

    public void Dispose() => _meter.Dispose();
}
