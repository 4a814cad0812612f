using Microsoft.Extensions.Logging;

namespace Ttm.Recorder.Recordings;

/// <summary>Deletes recordings from everywhere; what is left says that they were.</summary>
internal sealed class RecordingDeletion(
    Spool spool, KeyChoice keys, RecordingCatalogue catalogue, BookKeeper books, StoringStage storing, RecorderClock clock, ILogger logger)
    : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _one = new(1);

    /// <param name="mayDelete">False before the start and after the stop: the spool is not ours then.</param>
    public async Task<DeletionOutcome> DeleteAsync(string id, string by, string reason, bool mayDelete, CancellationToken cancellationToken)
    {
        Recording? recording;
        await _one.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            recording = catalogue.Find(id);
            if (recording is null)
                return books.FindDeleted(id) is { } stone ? OutcomeOf(stone) : DeletionOutcome.Unknown;
            if (!mayDelete || recording.Status is RecordingStatus.Recording or RecordingStatus.Encoding)
                return DeletionOutcome.NotYet;
            await EntombAsync(recording, by, reason).ConfigureAwait(false);
        }
        finally
        {
            _one.Release();
        }

        Log.Deleted(logger, id, recording.Lesson, by, reason);
        Task removal = storing.BeginRemoval(id);
        try
        {
            await Task.WhenAll(removal, storing.BeginUpkeep(recording.Lesson)).WaitAsync(Patience, clock.Time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // The upkeep goes on until the store answers, and the removal until the disk does.
        }

        return removal.IsCompleted ? OutcomeOf(books.FindDeleted(id)!) : DeletionOutcome.Pending;
    }

    public void Dispose() => _one.Dispose();

    private static DeletionOutcome OutcomeOf(Tombstone stone) => stone.Pending.Count == 0 ? DeletionOutcome.Deleted : DeletionOutcome.Pending;

    /// <summary>Either all of it happens or nothing: what the disk refuses leaves the recording as it was, its upload included.</summary>
    private async Task EntombAsync(Recording recording, string by, string reason)
    {
        try
        {
            await storing.HoldAsync(recording.Id).ConfigureAwait(false);
            FinishedRecording finished = books.Find(recording) ?? Unstored(recording);
            books.Delete(recording.Lesson, Manifests.StoneFor(finished, clock.Time.GetUtcNow(), by, reason));
            catalogue.Reserve(recording.Lesson, books.FindDeleted(recording.Id)!.Sequence);
            catalogue.Remove(recording.Id);
        }
        finally
        {
            storing.Release(recording.Id);
        }
    }

    private FinishedRecording Unstored(Recording recording)
    {
        FinishedRecording finished = spool.TryLoad(recording.Id) ?? new FinishedRecording(recording, keys.KeyOf(recording), 0, recording.StartedAt, recording.StartedAt);
        return finished with { Recording = recording };
    }
}
