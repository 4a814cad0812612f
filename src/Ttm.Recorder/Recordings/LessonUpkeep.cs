using Microsoft.Extensions.Logging;

namespace Ttm.Recorder.Recordings;

/// <summary>Brings a lesson's objects in line with its book: what is deleted goes, the whole lesson is made, manifests are stored. One at a time per lesson.</summary>
internal sealed class LessonUpkeep(
    BookKeeper books, BookRestorer restorer, RecordingCatalogue catalogue, Uploader uploader, WholeLessonMaker? maker, RecorderClock clock, ILogger logger)
{
    private static readonly TimeSpan DiskPause = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, SemaphoreSlim> _gates = new(StringComparer.Ordinal);

    /// <summary>False where a whole lesson is not made yet since the spool's disk has no room for it: run it again later.</summary>
    public async Task<bool> RunAsync(string lesson, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await restorer.LearnAsync(lesson, cancellationToken).ConfigureAwait(false);

                // Beside the work, one's own and another's: neither a refused deletion nor a whole lesson that takes long keeps the manifest from the store.
                Task publication = books.PublishAsync(lesson, cancellationToken);
                int? version = await WorkAsync(lesson, cancellationToken).ConfigureAwait(false);
                await publication.ConfigureAwait(false);
                await books.PublishAsync(lesson, cancellationToken).ConfigureAwait(false);
                if (version is not { } done)
                    return false;
                books.Settle(lesson, done);
                return true;
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                Log.BooksRefused(logger, exception.Message);
                await Task.Delay(DiskPause, clock.Time, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Returns the version of the book with which nothing was left to do; null where something has to wait for room.</summary>
    private async Task<int?> WorkAsync(string lesson, CancellationToken cancellationToken)
    {
        SemaphoreSlim gate = GateOf(lesson);
        await gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            while (true)
            {
                int version = books.VersionOf(lesson);
                await DeleteAsync(lesson, cancellationToken).ConfigureAwait(false);
                bool complete = await MakeWholesAsync(lesson, cancellationToken).ConfigureAwait(false);
                if (books.VersionOf(lesson) == version)
                    return complete ? version : null;
            }
        }
        finally
        {
            gate.Release();
        }
    }

    private async Task DeleteAsync(string lesson, CancellationToken cancellationToken)
    {
        foreach (Tombstone stone in books.Read(lesson).Deleted!.Where(stone => stone.Pending.Count > 0))
        {
            foreach (string key in stone.Pending)
                await uploader.DeleteAsync(key, cancellationToken).ConfigureAwait(false);
            books.MarkGone(lesson, stone);
        }
    }

    private async Task<bool> MakeWholesAsync(string lesson, CancellationToken cancellationToken)
    {
        bool complete = true;
        LessonBook book = books.Read(lesson);
        foreach (Sitting sitting in book.Sittings!)
        {
            if (maker is null || catalogue.List(lesson).Any(recording => sitting.Covers(recording.StartedAt) && IsUnfinished(recording)))
                continue;
            WholeAttempt attempt = await maker.MakeAsync(book, sitting, cancellationToken).ConfigureAwait(false);
            complete &= !attempt.WaitsForRoom;
            if (attempt.Whole is { } whole)
                books.EnterWhole(lesson, sitting.StartedAt, whole);
        }

        return complete;
    }

    private static bool IsUnfinished(Recording recording) => recording.Status is RecordingStatus.Recording or RecordingStatus.Encoding or RecordingStatus.Uploading;

    private SemaphoreSlim GateOf(string lesson)
    {
        lock (_lock)
        {
            if (!_gates.TryGetValue(lesson, out SemaphoreSlim? gate))
                _gates[lesson] = gate = new SemaphoreSlim(1);
            return gate;
        }
    }
}
