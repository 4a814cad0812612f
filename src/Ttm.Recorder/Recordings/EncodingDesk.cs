using Microsoft.Extensions.Logging;
using Ttm.Recorder.Transcoding;

namespace Ttm.Recorder.Recordings;

/// <summary>Gives the workers their recordings, and passes on what they make.</summary>
internal sealed class EncodingDesk : IAsyncDisposable
{
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(5);

    private readonly Spool _spool;
    private readonly KeyChoice _keys;
    private readonly RecordingCatalogue _catalogue;
    private readonly WorkList _works;
    private readonly StoringStage _storing;
    private readonly RecordingNews _news;
    private readonly EncodingStage _stage;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private readonly TranscoderPool _pool;

    public EncodingDesk(
        int workers,
        Spool spool,
        KeyChoice keys,
        RecordingCatalogue catalogue,
        WorkList works,
        StoringStage storing,
        RecordingNews news,
        RecorderMetrics metrics,
        TimeProvider time,
        ILogger logger)
    {
        _spool = spool;
        _keys = keys;
        _catalogue = catalogue;
        _works = works;
        _storing = storing;
        _news = news;
        _stage = new EncodingStage(spool, metrics, logger);
        _time = time;
        _logger = logger;
        _pool = new TranscoderPool(workers, Process);
    }

    public void Enqueue(RecordingWork work) => _pool.Enqueue(work);

    /// <summary>Makes an MP3 that was damaged in the spool again, from the journal; a little later, since a sick disk may damage that one, too.</summary>
    public void Remake(Recording recording)
    {
        Log.Mp3Damaged(_logger, recording.Id);
        _catalogue.Set(recording with { Status = RecordingStatus.Encoding, EndedAt = null, Duration = null, Bytes = null, Sha256 = null, Quality = null });
        var work = new RecordingWork(recording.Id, null, null);
        _works.Add(work);
        _ = EnqueueLaterAsync(work);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        _pool.Dispose();
    }

    private bool Process(RecordingWork work)
    {
        try
        {
            if (work.IsDone)
                return false;
            if (_catalogue.Find(work.Id) is null)
            {
                // Deleted while it waited to be made again.
                _works.Remove(work);
                return false;
            }

            switch (_stage.Process(work, out EncodedRecording? encoded))
            {
                case EncodingOutcome.More:
                    return true;
                case EncodingOutcome.Complete:
                    PassOn(work, encoded!);
                    return false;
                case EncodingOutcome.TryLater:
                    _ = EnqueueLaterAsync(work);
                    return false;
                case EncodingOutcome.Nothing:
                    Log.JournalUnreadable(_logger, work.Id);
                    _spool.SetAside(work.Id);
                    _catalogue.Remove(work.Id);
                    _works.Remove(work);
                    return false;
                case EncodingOutcome.Failed:
                    GiveUp(work);
                    return false;
                default:
                    return false;
            }
        }
        catch (Exception exception)
        {
            // The disk, in most cases: everything can be made again from the journal.
            Log.EncodingFailed(_logger, exception, work.Id);
            _ = EnqueueLaterAsync(work);
            return false;
        }
    }

    private void PassOn(RecordingWork work, EncodedRecording encoded)
    {
        Recording recording = _catalogue.Find(work.Id)!;
        double duration = (double)encoded.Mp3.Samples / recording.Format.SampleRate;
        recording = recording with
        {
            Status = RecordingStatus.Uploading,
            EndedAt = recording.StartedAt + TimeSpan.FromSeconds(duration),
            Duration = duration,
            Bytes = encoded.Mp3.Bytes,
            Sha256 = encoded.Mp3.Sha256,
            Quality = encoded.Quality,
        };
        var finished = new FinishedRecording(recording, _keys.KeyOf(recording), encoded.Mp3.Samples, encoded.OpenedAt, encoded.ClosedAt);

        // One that is made again may be in the store already.
        if (_spool.TryLoad(work.Id) is { IsKeyDecided: true } former)
            finished = finished with { Key = former.Key, IsKeyDecided = true };
        _spool.Save(finished);
        work.IsDone = true;
        _news.Finished(recording);
        _storing.Begin(finished);
        _works.Remove(work);
    }

    private void GiveUp(RecordingWork work)
    {
        work.IsDone = true;
        if (_catalogue.Find(work.Id) is { } recording)
        {
            _catalogue.Set(recording with { Status = RecordingStatus.Failed });
            _ = _storing.BeginUpkeep(recording.Lesson);
        }

        _news.Failed(work.Id, "The recording cannot be encoded; its journal stays in the spool and is tried again at the next start.");
        _works.Remove(work);
    }

    private async Task EnqueueLaterAsync(RecordingWork work)
    {
        try
        {
            await Task.Delay(RetryPause, _time, _stop.Token).ConfigureAwait(false);
            _pool.Enqueue(work);
        }
        catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException)
        {
            // The next start finds it.
        }
    }
}
