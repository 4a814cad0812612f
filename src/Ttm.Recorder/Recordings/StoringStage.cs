using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Ttm.Recorder.Storage;

namespace Ttm.Recorder.Recordings;

/// <summary>The step from whole MP3 to stored: upload, books, and only then out of the spool.</summary>
internal sealed class StoringStage(
    Spool spool,
    KeyChoice keys,
    Uploader uploader,
    BookKeeper books,
    LessonUpkeep upkeep,
    RecorderClock clock,
    Action<Recording> stored,
    Action<Recording> remake,
    bool settles,
    ILogger logger) : IAsyncDisposable
{
    private static readonly TimeSpan DiskPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan RoomPause = TimeSpan.FromMinutes(10);

    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<string, Task> _running = new();
    private readonly ConcurrentDictionary<string, CancellationTokenSource> _cancels = new();

    // With what was held up by it, if anything was.
    private readonly Dictionary<string, FinishedRecording?> _held = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();

    // Books wait for the disk, one after another in any case: so only one of them does it with a thread in hand.
    private readonly SemaphoreSlim _disk = new(1);
    private readonly ConcurrentDictionary<string, bool> _later = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _states = new(4);
    private long _upkeeps;

    /// <summary>Ends when nothing runs: what runs now, and what follows from it.</summary>
    public Task Running => WaitForAllAsync();

    public void Begin(FinishedRecording finished)
    {
        string id = finished.Recording.Id;
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        CancellationTokenSource cancel;
        lock (_lock)
        {
            if (_held.ContainsKey(id))
            {
                _held[id] = finished;
                return;
            }

            if (!_running.TryAdd(id, done.Task))
                return;
            _cancels[id] = cancel = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        }

        _ = Task.Run(async () =>
        {
            try
            {
                await StoreAsync(finished, cancel.Token).ConfigureAwait(false);
            }
            catch (DamagedMp3Exception)
            {
                remake(finished.Recording);
            }
            catch (OperationCanceledException)
            {
                // It stays in the spool, for the next start or for who holds it.
                lock (_lock)
                {
                    if (_held.ContainsKey(id))
                        _held[id] = finished;
                }
            }
            catch (Exception exception)
            {
                Log.UpkeepFailed(logger, exception);
            }
            finally
            {
                _cancels.TryRemove(id, out _);
                cancel.Dispose();
                _running.TryRemove(id, out _);
                done.SetResult();
            }
        });
    }

    /// <summary>Tells that the recording is stored, and takes it out of the spool where nobody else does that.</summary>
    public Task TellAsync(Recording recording, CancellationToken cancellationToken)
    {
        stored(recording);
        return settles ? Task.CompletedTask : OnDiskAsync(() => spool.Remove(recording.Id), cancellationToken);
    }

    /// <summary>Stops the upload of one recording, and lets none begin until <see cref="Release"/>; afterwards it is stored or it is not. For one caller at a time.</summary>
    public async Task HoldAsync(string id)
    {
        Task? running;
        lock (_lock)
        {
            _held[id] = null;
            if (!_running.TryGetValue(id, out running))
                return;
        }

        try
        {
            if (_cancels.TryGetValue(id, out CancellationTokenSource? cancel))
                await cancel.CancelAsync().ConfigureAwait(false);
        }
        catch (ObjectDisposedException)
        {
            // It ended by itself.
        }

        await running.ConfigureAwait(false);
    }

    /// <summary>What was held up goes on.</summary>
    public void Release(string id)
    {
        FinishedRecording? finished;
        lock (_lock)
            _held.Remove(id, out finished);
        if (finished is not null)
            Begin(finished);
    }

    /// <summary>Takes a deleted recording out of the spool, as soon as the disk lets it.</summary>
    public Task BeginRemoval(string id) => Run($"{id}/removal", cancellationToken => OnDiskAsync(() => spool.Remove(id), cancellationToken));

    /// <summary>Brings the lesson's objects in line with its book: deletions, the whole lesson, manifests. Never fails.</summary>
    public Task BeginUpkeep(string lesson) => Run(
        $"{lesson}/{Interlocked.Increment(ref _upkeeps)}",
        async cancellationToken =>
        {
            if (!await upkeep.RunAsync(lesson, cancellationToken).ConfigureAwait(false))
                _ = BeginUpkeepLaterAsync(lesson, cancellationToken);
        });

    /// <summary>Enters a lesson's end into its book, and does what follows from it.</summary>
    public void BeginEntry(string lesson, Sitting sitting) => Run(
        $"{lesson}/{Interlocked.Increment(ref _upkeeps)}",
        async cancellationToken =>
        {
            await OnDiskAsync(() => books.Enter(lesson, sitting), cancellationToken).ConfigureAwait(false);
            _ = BeginUpkeep(lesson);
        });

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await Running.ConfigureAwait(false);
        _stop.Dispose();
        _disk.Dispose();
        _states.Dispose();
    }

    // Nobody who stops waits for it: the book's mark says at the next start that there is something to do.
    private async Task BeginUpkeepLaterAsync(string lesson, CancellationToken cancellationToken)
    {
        if (!_later.TryAdd(lesson, true))
            return;
        await Task.Delay(RoomPause, clock.Time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _later.TryRemove(lesson, out _);
        if (!cancellationToken.IsCancellationRequested)
            _ = BeginUpkeep(lesson);
    }

    private Task Run(string name, Func<CancellationToken, Task> work)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _running[name] = done.Task;
        _ = Task.Run(async () =>
        {
            try
            {
                await work(_stop.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                // What lies in the spool, and the book's mark, say at the next start that there is something to do.
            }
            catch (Exception exception)
            {
                Log.UpkeepFailed(logger, exception);
            }
            finally
            {
                _running.TryRemove(name, out _);
                done.SetResult();
            }
        });
        return done.Task;
    }

    private async Task WaitForAllAsync()
    {
        while (!_running.IsEmpty)
            await Task.WhenAll(_running.Values).ConfigureAwait(false);
    }

    private async Task StoreAsync(FinishedRecording finished, CancellationToken cancellationToken)
    {
        if (books.IsDeleted(finished.Recording))
            return;
        using (uploader.Queue(finished.Recording.Id))
        {
            // Held up and begun again, it may have been decided before.
            if (!finished.IsKeyDecided)
            {
                FinishedRecording? present = null;
                await OnDiskAsync(() => present = spool.TryLoad(finished.Recording.Id), cancellationToken, _states).ConfigureAwait(false);
                if (present is { IsKeyDecided: true })
                    finished = present;
            }

            // Decided or not: a manifest that was read since may say that it is another's.
            if (!finished.IsKeyDecided || books.HasKey(finished))
            {
                // On disk before the first byte goes out: after a crash, or a deletion, there is no other key to look under.
                finished = await keys.DecideAsync(finished, cancellationToken).ConfigureAwait(false);
                await OnDiskAsync(() => spool.Save(finished), cancellationToken, _states).ConfigureAwait(false);
            }

            StoredObject answer = await uploader.StoreAsync(finished, cancellationToken).ConfigureAwait(false);
            finished = finished with { Recording = finished.Recording with { Status = RecordingStatus.Stored, Location = answer.Location } };
        }

        FinishedRecording? entered = null;
        await OnDiskAsync(() => entered = books.Enter(finished), cancellationToken).ConfigureAwait(false);
        if (entered is null)
            return;
        await TellAsync(entered.Recording, cancellationToken).ConfigureAwait(false);
        _ = BeginUpkeep(entered.Recording.Lesson);
    }

    private async Task OnDiskAsync(Action action, CancellationToken cancellationToken, SemaphoreSlim? gate = null)
    {
        gate ??= _disk;
        while (true)
        {
            await gate.WaitAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                action();
                return;
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                Log.BooksRefused(logger, exception.Message);
            }
            finally
            {
                gate.Release();
            }

            await Task.Delay(DiskPause, clock.Time, cancellationToken).ConfigureAwait(false);
        }
    }
}
