using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Ttm.Recorder.Recordings;

/// <summary>What happens to recordings, brought to all who want to know: the catalogue, the events, the figures and the log.</summary>
internal sealed class RecordingNews(RecordingCatalogue catalogue, RecorderMetrics metrics, TimeProvider time, ILogger logger)
{
    private readonly Channel<RecordingEvent> _events = Channel.CreateUnbounded<RecordingEvent>();

    public ChannelReader<RecordingEvent> Events => _events.Reader;

    public void Started(Recording recording) => Publish(RecordingEventTypes.Started, recording);

    /// <summary>The MP3 is whole.</summary>
    public void Finished(Recording recording)
    {
        catalogue.Set(recording);
        metrics.Finished();
        if (recording is { Quality: { } quality, Duration: { } duration, Bytes: { } bytes })
            Log.Finished(logger, recording.Id, duration, bytes, quality.PacketsExpected, quality.PacketsLost, quality.PacketsRecovered, quality.Concealed);
        Publish(RecordingEventTypes.Finished, recording);
    }

    public void Stored(Recording recording)
    {
        catalogue.Set(recording);
        metrics.Stored();
        Log.Stored(logger, recording.Id, recording.Location!);
        Publish(RecordingEventTypes.Stored, recording);
    }

    /// <summary>Something of it is lost; the recording itself may go on.</summary>
    public void Failed(string id, string reason)
    {
        metrics.Failed();
        if (catalogue.Find(id) is { } recording)
            Publish(RecordingEventTypes.Failed, recording, reason);
    }

    public void Complete() => _events.Writer.TryComplete();

    private void Publish(string type, Recording recording, string? reason = null) =>
        _events.Writer.TryWrite(new RecordingEvent(type, time.GetUtcNow(), recording, reason));
}
