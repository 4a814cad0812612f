using Microsoft.Extensions.Logging;
using Ttm.Recorder.Transcoding;
using Ttm.Rtc;

namespace Ttm.Recorder.Recordings;

/// <summary>The step from journal to whole MP3. Whatever goes wrong, it begins again from the journal.</summary>
internal sealed class EncodingStage(Spool spool, RecorderMetrics metrics, ILogger logger)
{
    // So that no long journal keeps a worker from the others.
    private const int StepsPerTurn = 8;

    private const int MaxBugs = 3;

    /// <summary>Does a piece. Never throws.</summary>
    public EncodingOutcome Process(RecordingWork work, out EncodedRecording? encoded)
    {
        encoded = null;
        try
        {
            Transcoder transcoder = work.Transcoder ??= new Transcoder(spool.JournalOf(work.Id), spool.PartOf(work.Id));
            for (int i = 0; i < StepsPerTurn; i++)
            {
                // Complete, then until, then bytes: what was there at one look is there at the next.
                bool growing = work.Appender is { IsComplete: false };
                Instant? until = growing ? work.Appender!.CommittedUntil : null;
                TimeSpan before = transcoder.Encoded;
                TranscodeStep step = transcoder.Step(work.Appender?.CommittedBytes ?? long.MaxValue, until);
                metrics.Encoded(transcoder.Encoded - before);
                work.EncodedUntil = work.Appender is null ? null : transcoder.OpenedAt + transcoder.Encoded;
                switch (step)
                {
                    case TranscodeStep.Waiting:
                        return EncodingOutcome.Waiting;
                    case TranscodeStep.Nothing:
                        Release(work);
                        return EncodingOutcome.Nothing;
                    case TranscodeStep.Complete:
                        encoded = Finish(work.Id, transcoder);
                        Release(work);
                        return EncodingOutcome.Complete;
                }
            }

            return EncodingOutcome.More;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Release(work);
            Log.EncodingRefused(logger, work.Id, exception.Message);
            return EncodingOutcome.TryLater;
        }
        catch (Exception exception)
        {
            Release(work);
            Log.EncodingFailed(logger, exception, work.Id);
            return ++work.Failures < MaxBugs ? EncodingOutcome.TryLater : EncodingOutcome.Failed;
        }
    }

    private static void Release(RecordingWork work)
    {
        work.Transcoder?.Dispose();
        work.Transcoder = null;
        work.EncodedUntil = null;
    }

    private EncodedRecording Finish(string id, Transcoder transcoder)
    {
        FinishedMp3 mp3 = transcoder.Finish(spool.Mp3Of(id));
        AudioQuality quality = transcoder.Quality;
        return new EncodedRecording(
            mp3,
            new RecordingQuality(quality.Expected, quality.Lost, quality.Recovered, quality.Concealed),
            transcoder.OpenedAtWall,
            transcoder.ClosedAtWall);
    }
}

internal enum EncodingOutcome
{
    /// <summary>For the journal to grow.</summary>
    Waiting,

    More,

    Complete,

    /// <summary>The journal holds nothing.</summary>
    Nothing,

    /// <summary>From the journal's beginning.</summary>
    TryLater,

    Failed,
}

internal sealed record EncodedRecording(FinishedMp3 Mp3, RecordingQuality Quality, DateTimeOffset OpenedAt, DateTimeOffset ClosedAt);
