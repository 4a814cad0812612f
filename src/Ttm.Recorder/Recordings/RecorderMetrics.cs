using System.Diagnostics.Metrics;

namespace Ttm.Recorder.Recordings;

/// <summary>The meter <c>Ttm.Recorder</c>. Its counters are observed, so that they are there from the start: an alert does not see the first step of one that was not.</summary>
internal sealed class RecorderMetrics : IDisposable
{
    public const string MeterName = "Ttm.Recorder";

    private readonly Meter _meter = new(MeterName);
    private long _encodedTicks;
    private long _finished;
    private long _stored;
    private long _failed;
    private long _dropped;

    public RecorderMetrics(Func<int> active, Func<int> encoding, Func<TimeSpan> lag, Func<RecorderHealth> health, Func<int> uploads, Func<TimeSpan> uploadAge)
    {
        _meter.CreateObservableCounter("ttm.recording.encoded", () => new TimeSpan(Volatile.Read(ref _encodedTicks)).TotalSeconds, "s", "Audio that was encoded");
        _meter.CreateObservableCounter("ttm.recordings.finished", () => Volatile.Read(ref _finished), null, "Recordings whose MP3 became whole");
        _meter.CreateObservableCounter("ttm.recordings.stored", () => Volatile.Read(ref _stored), null, "Recordings that the object store took");
        _meter.CreateObservableCounter("ttm.recordings.failed", () => Volatile.Read(ref _failed), null, "Times that a recording lost something, or could not be made");
        _meter.CreateObservableCounter("ttm.journal.dropped.packets", () => Volatile.Read(ref _dropped), null, "Packets lost because the disk did not take them");
        _meter.CreateObservableGauge("ttm.recordings.active", active, null, "Recordings that run");
        _meter.CreateObservableGauge("ttm.recordings.encoding", encoding, null, "Recordings that are over and have no whole MP3 yet");
        _meter.CreateObservableGauge("ttm.transcoder.lag", () => lag().TotalSeconds, "s", "How far the slowest transcoder is behind the wall clock");
        _meter.CreateObservableGauge("ttm.spool", () => health().SpoolBytes, "By", "What lies in the spool");
        _meter.CreateObservableGauge("ttm.spool.free", () => health().FreeBytes, "By", "Free space on the spool's disk");
        _meter.CreateObservableGauge("ttm.uploads.waiting", uploads, null, "MP3s on their way to the object store");
        _meter.CreateObservableGauge("ttm.upload.age", () => uploadAge().TotalSeconds, "s", "How long the oldest of them has waited");
    }

    public void Encoded(TimeSpan duration) => Interlocked.Add(ref _encodedTicks, duration.Ticks);

    public void Finished() => Interlocked.Increment(ref _finished);

    public void Stored() => Interlocked.Increment(ref _stored);

    public void Failed() => Interlocked.Increment(ref _failed);

    public void Dropped(long packets) => Interlocked.Add(ref _dropped, packets);

    public void Dispose() => _meter.Dispose();
}
