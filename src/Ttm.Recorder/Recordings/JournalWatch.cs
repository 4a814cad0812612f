using Microsoft.Extensions.Logging;
using Ttm.Recorder.Journal;

namespace Ttm.Recorder.Recordings;

/// <summary>What the journals' threads see becomes work for the encoders, news, figures and log.</summary>
internal sealed class JournalWatch(
    RecordingCatalogue catalogue, RingPool rings, RecorderMetrics metrics, RecordingNews news, Action<RecordingWork> encode, ILogger logger) : IJournalObserver
{
    public void Grown(RecordingWork work) => encode(work);

    public void Completed(RecordingWork work)
    {
        if (catalogue.Find(work.Id) is { Status: RecordingStatus.Recording } recording)
        {
            TimeSpan duration = work.Sink!.End.At - work.Sink.Start.At;
            catalogue.Replace(recording, recording with { Status = RecordingStatus.Encoding, EndedAt = recording.StartedAt + duration, Duration = duration.TotalSeconds });
        }

        rings.Return(work.Sink!.Ring);
        encode(work);
    }

    public void Refused(RecordingWork work, Exception exception)
    {
        if (!work.IsRefused)
            Log.JournalRefused(logger, work.Id, exception.Message);
        work.IsRefused = true;
    }

    public void Dropped(RecordingWork work, long packets)
    {
        Log.PacketsDropped(logger, work.Id, packets);
        metrics.Dropped(packets);
        if (!work.IsDropReported)
            news.Failed(work.Id, "The spool's disk did not take the recording's packets; a part of it is missing.");
        work.IsDropReported = true;
    }
}
