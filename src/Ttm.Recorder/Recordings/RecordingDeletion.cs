using Microsoft.Extensions.Logging;
using Ttm.Recorder.Storage;

namespace Ttm.Recorder.Recordings;

/// <summary>Deletes recordings from everywhere; what is left says that they were.</summary>
internal sealed class RecordingDeletion(
    Spool spool, ObjectKeyTemplate keys, RecordingCatalogue catalogue, BookKeeper books, StoringStage storing, RecorderClock clock, ILogger logger)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <param name="mayDelete">False before the start and after the stop: the spool is not ours then.</param>
    public async Task<DeletionOutcome> DeleteAsync(string id, string by, string reason, bool mayDelete, CancellationToken cancellationToken)
    {
        if (catalogue.Find(id) is not { } recording)
            return books.FindDeleted(id) is { } stone ? (stone.Pending.Count == 0 ? DeletionOutcome.Deleted : DeletionOutcome.Pending) : DeletionOutcome.Unknown;
        if (!mayDelete || recording.Status is RecordingStatus.Recording or RecordingStatus.Encoding)
            return DeletionOutcome.NotYet;

        await storing.CancelAsync(id).ConfigureAwait(false);
        FinishedRecording finished = books.Find(recording) ?? Unstored(recording);
        books.Delete(recording.Lesson, Manifests.StoneFor(finished, clock.Time.GetUtcNow(), by, ShortText.Clip(reason)!));
        catalogue.Reserve(recording.Lesson, recording.Sequence);
        catalogue.Remove(id);
        spool.Remove(id);
        Log.Deleted(logger, id, recording.Lesson, by, reason);
        try
        {
            await storing.BeginUpkeep(recording.Lesson).WaitAsync(Patience, clock.Time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // The upkeep goes on until the store answers.
        }

        return books.FindDeleted(id) is { Pending.Count: 0 } ? DeletionOutcome.Deleted : DeletionOutcome.Pending;
    }

    private FinishedRecording Unstored(Recording recording)
    {
        FinishedRecording finished = spool.TryLoad(recording.Id) ?? new FinishedRecording(
            recording,
            keys.Render(recording.StartedAt, recording.Lesson, recording.Teacher ?? "unknown", recording.Student, recording.Sequence, recording.Id),
            0,
            recording.StartedAt,
            recording.StartedAt);
        return finished with { Key = storing.KeyOf(finished) };
    }
}
