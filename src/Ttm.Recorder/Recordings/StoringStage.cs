using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Ttm.Recorder.Storage;

namespace Ttm.Recorder.Recordings;

/// <summary>The step from whole MP3 to stored: upload, books, and only then out of the spool.</summary>
internal sealed class StoringStage(
    Spool spool,
    IObjectStore store,
    Uploader uploader,
    BookKeeper books,
    RecorderClock clock,
    Action<Recording> stored,
    ILogger logger) : IAsyncDisposable
{
    private static readonly TimeSpan DiskPause = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<string, Task> _running = new();

    /// <summary>False where the store may hold recordings that no book here knows: then a key that is taken is left alone.</summary>
    public bool KnowsAllKeys { get; set; } = true;

    /// <summary>What runs now.</summary>
    public Task Running => Task.WhenAll(_running.Values);

    public void Begin(FinishedRecording finished)
    {
        string id = finished.Recording.Id;
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!_running.TryAdd(id, done.Task))
            return;
        _ = Task.Run(async () =>
        {
            try
            {
                await StoreAsync(finished, _stop.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                // It stays in the spool, for the next start.
            }
            catch (Exception exception)
            {
                Log.UpkeepFailed(logger, exception);
            }
            finally
            {
                _running.TryRemove(id, out _);
                done.SetResult();
            }
        });
    }

    /// <summary>Brings manifests up to date that were not when the process ended.</summary>
    public void BeginManifest(string lesson)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _running[lesson] = done.Task;
        _ = Task.Run(async () =>
        {
            try
            {
                await books.PublishAsync(lesson, _stop.Token).ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                Log.UpkeepFailed(logger, exception);
            }
            finally
            {
                _running.TryRemove(lesson, out _);
                done.SetResult();
            }
        });
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await Running.ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task StoreAsync(FinishedRecording finished, CancellationToken cancellationToken)
    {
        if (!KnowsAllKeys && await ExistsAsync(finished.Key, cancellationToken).ConfigureAwait(false))
            finished = finished with { Key = WithId(finished.Key, finished.Recording.Id) };

        StoredObject answer = await uploader.StoreAsync(finished, cancellationToken).ConfigureAwait(false);
        finished = finished with { Recording = finished.Recording with { Status = RecordingStatus.Stored, Location = answer.Location } };
        await OnDiskAsync(() => books.Enter(finished), cancellationToken).ConfigureAwait(false);
        stored(finished.Recording);
        await OnDiskAsync(() => spool.Remove(finished.Recording.Id), cancellationToken).ConfigureAwait(false);
        await books.PublishAsync(finished.Recording.Lesson, cancellationToken).ConfigureAwait(false);
    }

    private async Task OnDiskAsync(Action action, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                action();
                return;
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                Log.BooksRefused(logger, exception.Message);
                await Task.Delay(DiskPause, clock.Time, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async Task<bool> ExistsAsync(string key, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (string found in store.ListAsync(key, cancellationToken).ConfigureAwait(false))
            {
                if (found == key)
                    return true;
            }

            return false;
        }
        catch (ObjectStoreException)
        {
            return true;
        }
    }

    private static string WithId(string key, string id)
    {
        int dot = key.LastIndexOf('.');
        return dot > key.LastIndexOf('/') ? $"{key[..dot]}-{id}{key[dot..]}" : $"{key}-{id}";
    }
}
