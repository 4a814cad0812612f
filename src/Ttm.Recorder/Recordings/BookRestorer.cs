using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Ttm.Recorder.Storage;

namespace Ttm.Recorder.Recordings;

/// <summary>
/// Where the spool has not all books (a new machine, a lost disk, a damaged book), reads the store's manifests into them, behind if it takes long, and
/// again and again until all are read.
/// </summary>
internal sealed class BookRestorer(Spool spool, BookKeeper books, IObjectStore store, Uploader uploader, string prefix, TimeProvider time, ILogger logger) : IAsyncDisposable
{
    private const int ParallelReads = 16;

    private static readonly TimeSpan StartPatience = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    // What the store will refuse again until somebody acts.
    private static readonly TimeSpan LongestLastingPause = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<string, bool> _read = new(StringComparer.Ordinal);
    private readonly TaskCompletionSource _tried = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private Task _running = Task.CompletedTask;
    private Action? _whenRead;
    private string? _problem;

    /// <summary>Begins, and waits a minute at most; what is missing then comes later.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (spool.HasAllBooks)
            return;
        _running = RunAsync(_stop.Token);
        try
        {
            await _tried.Task.WaitAsync(StartPatience, time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            Log.BooksNotRestored(logger, "It takes longer than a minute.");
        }
    }

    /// <summary>Has that done each time that more manifests are read; without effect where all are.</summary>
    public void WhenRead(Action action)
    {
        lock (_lock)
            _whenRead = action;
    }

    /// <summary>
    /// To be called before a lesson's manifests are stored: as long as others are not read yet, takes over those that lie in their place. Ends when the store
    /// has answered.
    /// </summary>
    public async Task LearnAsync(string lesson, CancellationToken cancellationToken)
    {
        while (!spool.HasAllBooks && Manifests.Of(books.Read(lesson)).Select(part => part.Key).FirstOrDefault(key => !_read.ContainsKey(key)) is { } next)
            await uploader.UntilDoneAsync(next, token => LookAsync(next, token), cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        if (_stop.IsCancellationRequested)
            return;
        await _stop.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        TimeSpan pause = TimeSpan.FromSeconds(1);
        while (true)
        {
            int before = _read.Count;
            Exception? problem = await TryAsync(cancellationToken).ConfigureAwait(false);
            if (problem is null || _read.Count > before)
            {
                // One manifest that cannot be read keeps nobody from what the others say.
                lock (_lock)
                    _whenRead?.Invoke();
            }

            _tried.TrySetResult();
            if (problem is null)
                return;
            await Task.Delay(pause, time, cancellationToken).ConfigureAwait(false);
            TimeSpan longest = problem is ObjectStoreException { Transient: false } ? LongestLastingPause : LongestPause;
            pause = pause * 2 < longest ? pause * 2 : longest;
        }
    }

    /// <summary>Null where all are read.</summary>
    private async Task<Exception?> TryAsync(CancellationToken cancellationToken)
    {
        ConcurrentQueue<Exception> problems = [];
        try
        {
            List<string> keys = [];
            await foreach (string key in store.ListAsync(prefix, cancellationToken).ConfigureAwait(false))
            {
                // Somebody else's objects may lie there, too, under keys that none of ours has.
                if (key.EndsWith(Manifests.Name, StringComparison.Ordinal) && ObjectKey.IsValid(key) && !_read.ContainsKey(key))
                    keys.Add(key);
            }

            var options = new ParallelOptions { MaxDegreeOfParallelism = ParallelReads, CancellationToken = cancellationToken };
            await Parallel.ForEachAsync(
                keys,
                options,
                async (key, token) =>
                {
                    try
                    {
                        await ReadAsync(key, token).ConfigureAwait(false);
                    }
                    catch (Exception exception) when (
                        exception is not (OperationCanceledException or IOException or UnauthorizedAccessException or ObjectStoreException { Transient: true }))
                    {
                        // This one alone, perhaps: the others are not held up.
                        problems.Enqueue(exception);
                    }
                }).ConfigureAwait(false);
            if (problems.IsEmpty)
                spool.MarkAllBooks();
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            problems.Enqueue(exception);
        }

        if (problems.TryPeek(out Exception? problem) && problem.Message != _problem)
            Log.BooksNotRestored(logger, problem.Message);
        _problem = problem?.Message;
        return problem;
    }

    private async Task<bool> LookAsync(string key, CancellationToken cancellationToken)
    {
        try
        {
            return await ReadAsync(key, cancellationToken).ConfigureAwait(false);
        }
        catch (ObjectStoreException exception) when (!exception.Transient)
        {
            // Without permission to list, S3 answers 403 for an object that is not there. One that is listed is there, and must not be replaced unread.
            if (!(await store.CheckAsync(cancellationToken).ConfigureAwait(false)).Healthy || await IsListedAsync(key, cancellationToken).ConfigureAwait(false))
                throw;
            return _read[key] = true;
        }
    }

    private async Task<bool> IsListedAsync(string key, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (string found in store.ListAsync(key, cancellationToken).ConfigureAwait(false))
            {
                if (found == key)
                    return true;
            }
        }
        catch (ObjectStoreException exception) when (!exception.Transient)
        {
            // It lists nothing to us.
        }

        return false;
    }

    private async Task<bool> ReadAsync(string key, CancellationToken cancellationToken)
    {
        byte[]? json = await store.ReadAsync(key, cancellationToken).ConfigureAwait(false);
        try
        {
            if (json is not null)
                books.Merge(LessonBook.Parse(json));
        }
        catch (JsonException exception)
        {
            Log.ManifestUnreadable(logger, key, exception.Message);
        }

        return _read[key] = true;
    }
}
