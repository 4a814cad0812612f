using System.Diagnostics.Metrics;

namespace Ttm.Recorder.Recordings;

/// <summary>The meter <c>Ttm.Recorder</c>.</summary>
internal sealed class RecorderMetrics : IDisposable
{
    public const string MeterName = "Ttm.Recorder";

    private readonly Meter _meter = new(MeterName);
    private readonly Counter<double> _encoded;
    private readonly Counter<long> _finished;
    private readonly Counter<long> _stored;
    private readonly Counter<long> _failed;
    private readonly Counter<long> _dropped;

    public RecorderMetrics(Func<int> active, Func<int> encoding, Func<TimeSpan> lag, Func<RecorderHealth> health, Func<int> uploads, Func<TimeSpan> uploadAge)
    {
        _encoded = _meter.CreateCounter<double>("ttm_recording_encoded_seconds", "s", "Audio that was encoded");
        _finished = _meter.CreateCounter<long>("ttm_recordings_finished", null, "Recordings whose MP3 became whole");
        _stored = _meter.CreateCounter<long>("ttm_recordings_stored", null, "Recordings that the object store took");
        _failed = _meter.CreateCounter<long>("ttm_recordings_failed", null, "Times that a recording lost something, or could not be made");
        _dropped = _meter.CreateCounter<long>("ttm_journal_dropped_packets", null, "Packets lost because the disk did not take them");
        _meter.CreateObservableGauge("ttm_recordings_active", active, null, "Recordings that run");
        _meter.CreateObservableGauge("ttm_recordings_encoding", encoding, null, "Recordings that are over and have no whole MP3 yet");
        _meter.CreateObservableGauge("ttm_transcoder_lag_seconds", () => lag().TotalSeconds, "s", "How far the slowest transcoder is behind the wall clock");
        _meter.CreateObservableGauge("ttm_spool_bytes", () => health().SpoolBytes, "By", "What lies in the spool");
        _meter.CreateObservableGauge("ttm_spool_free_bytes", () => health().FreeBytes, "By", "Free space on the spool's disk");
        _meter.CreateObservableGauge("ttm_uploads_waiting", uploads, null, "MP3s on their way to the object store");
        _meter.CreateObservableGauge("ttm_upload_age_seconds", () => uploadAge().TotalSeconds, "s", "How long the oldest of them has waited");
    }

    public void Encoded(TimeSpan duration) => _encoded.Add(duration.TotalSeconds);

    public void Finished() => _finished.Add(1);

    public void Stored() => _stored.Add(1);

    public void Failed() => _failed.Add(1);

    public void Dropped(long packets) => _dropped.Add(packets);

    public void Dispose() => _meter.Dispose();
}
