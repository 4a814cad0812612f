using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Ttm.Sfu.Lessons;

/// <summary>Metrics and traces of lessons; both are called <see cref="Name"/>. Metrics name no lesson, traces do.</summary>
public static class LessonTelemetry
{
    public const string Name = "Ttm.Lessons";

    private static readonly ActivitySource Source = new(Name);
    private static readonly Meter Meter = new(Name);

    private static readonly Histogram<double> SwitchDuration = Meter.CreateHistogram(
        "ttm.switch.duration",
        "s",
        "From the call that selects a listener to the moment when the media loop has switched.",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1] });

    internal static SwitchMeasure MeasureSwitch(string lesson, TimeProvider time) => new(Source.StartActivity("switch")?.SetTag("lesson", lesson), time);

    internal sealed class SwitchMeasure(Activity? activity, TimeProvider time) : IDisposable
    {
        private readonly long _begun = time.GetTimestamp();

        /// <summary>The switch is made; without this nothing was switched.</summary>
        public void Done(string? recording)
        {
            SwitchDuration.Record(time.GetElapsedTime(_begun).TotalSeconds);
            activity?.SetTag("recording", recording);
        }

        public void Dispose() => activity?.Dispose();
    }
}
