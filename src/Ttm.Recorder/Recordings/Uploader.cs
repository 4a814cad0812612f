using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.Retry;
using Ttm.Recorder.Storage;

namespace Ttm.Recorder.Recordings;

/// <summary>
/// Brings whole MP3s to the object store: a few at once, again and again until it is done. One that waits for its next attempt holds up nobody.
/// </summary>
internal sealed class Uploader : IDisposable
{
    private readonly IObjectStore _store;
    private readonly Spool _spool;
    private readonly RecorderClock _clock;
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _slots;

    // Whole lessons have their own: they read and write much, and recordings must not wait for them.
    private readonly SemaphoreSlim _joinSlots;
    private readonly ConcurrentDictionary<string, DateTimeOffset> _waiting = new();
    private readonly ConcurrentDictionary<string, string> _refused = new();
    private long _failures;

    public Uploader(IObjectStore store, Spool spool, RecorderClock clock, int parallel, ILogger logger)
    {
        _store = store;
        _spool = spool;
        _clock = clock;
        _logger = logger;
        _slots = new SemaphoreSlim(parallel);
        _joinSlots = new SemaphoreSlim(parallel);
    }

    public int Count => _waiting.Count;

    /// <summary>Attempts that the store refused.</summary>
    public long Failures => Volatile.Read(ref _failures);

    /// <summary>What the store says to something that it will refuse again, until somebody acts; null where there is nothing of the kind.</summary>
    public string? Refusal => _refused.Values.FirstOrDefault();

    /// <summary>How long the oldest has waited.</summary>
    public TimeSpan OldestAge
    {
        get
        {
            DateTimeOffset now = _clock.Time.GetUtcNow();
            return _waiting.Values.Select(since => now - since).DefaultIfEmpty().Max();
        }
    }

    /// <summary>Counts the recording among those that wait for the store, until the answer is disposed of.</summary>
    public IDisposable Queue(string id)
    {
        _waiting[id] = _clock.Time.GetUtcNow();
        return new Place(_waiting, id);
    }

    /// <summary>Ends when the store has it, verified; throws only <see cref="OperationCanceledException"/> and <see cref="DamagedMp3Exception"/>.</summary>
    public Task<StoredObject> StoreAsync(FinishedRecording finished, CancellationToken cancellationToken)
    {
        string id = finished.Recording.Id;
        bool looked = false;
        return UntilDoneAsync(
            id,
            async token =>
            {
                try
                {
                    return await RecorderTelemetry.TraceAsync(id, () => _store.PutAsync(finished.Key, _spool.Mp3Of(id), PropertiesOf(finished), token)).ConfigureAwait(false);
                }
                catch (ObjectStoreException) when (!looked)
                {
                    // No store takes an MP3 that is not what its state says; the journal has the sound.
                    looked = true;
                    if (_spool.HasJournal(id) && !await _spool.HasMp3Async(id, finished.Recording.Sha256!, token).ConfigureAwait(false))
                        throw new DamagedMp3Exception();
                    throw;
                }
            },
            cancellationToken);
    }

    /// <summary>The same for a small object.</summary>
    public Task<StoredObject> StoreAsync(string name, string key, byte[] content, ObjectProperties properties, CancellationToken cancellationToken) =>
        UntilDoneAsync(name, token => RecorderTelemetry.TraceAsync(key, () => _store.PutAsync(key, content, properties, token)), cancellationToken);

    /// <summary>The same for a whole lesson.</summary>
    public Task<StoredObject> StoreAsync(string key, string path, ObjectProperties properties, CancellationToken cancellationToken) =>
        UntilDoneAsync(key, token => RecorderTelemetry.TraceAsync(key, () => _store.PutAsync(key, path, properties, token)), cancellationToken, _joinSlots);

    /// <summary>A recording for a whole lesson; null where the store has none of that key.</summary>
    public Task<byte[]?> ReadAsync(string key, CancellationToken cancellationToken) =>
        UntilDoneAsync(key, token => _store.ReadAsync(key, token), cancellationToken, _joinSlots);

    /// <summary>Ends when the store has no such object.</summary>
    public Task DeleteAsync(string key, CancellationToken cancellationToken) => UntilDoneAsync(
        key,
        async token =>
        {
            await _store.DeleteAsync(key, token).ConfigureAwait(false);
            return true;
        },
        cancellationToken);

    public void Dispose()
    {
        _slots.Dispose();
        _joinSlots.Dispose();
    }

    private static ObjectProperties PropertiesOf(FinishedRecording finished)
    {
        Recording recording = finished.Recording;
        var metadata = new Dictionary<string, string>
        {
            ["recording"] = recording.Id,
            ["lesson"] = recording.Lesson,
            ["student"] = recording.Student,
            ["sequence"] = recording.Sequence.ToString(CultureInfo.InvariantCulture),
            ["started-at"] = recording.StartedAt.UtcDateTime.ToString("O", CultureInfo.InvariantCulture),
            ["duration"] = recording.Duration?.ToString(CultureInfo.InvariantCulture) ?? "",
        };
        if (recording.Teacher is not null)
            metadata["teacher"] = recording.Teacher;
        string name = string.Create(CultureInfo.InvariantCulture, $"{recording.Lesson}-{recording.Sequence:0000}-{recording.Student}.mp3");
        return new ObjectProperties("audio/mpeg", recording.Sha256!, metadata, name);
    }

    /// <summary>Asks the store for something, again and again until it answers.</summary>
    /// <param name="name">Of what, for the log.</param>
    public async Task<T> UntilDoneAsync<T>(string name, Func<CancellationToken, Task<T>> put, CancellationToken cancellationToken, SemaphoreSlim? slots = null)
    {
        slots ??= _slots;
        var retry = new RetryStrategyOptions
        {
            // IOException: the file-system store's disk may be full, or the spool's may be ill.
            ShouldHandle = new PredicateBuilder().Handle<ObjectStoreException>().Handle<IOException>().Handle<UnauthorizedAccessException>(),
            MaxRetryAttempts = int.MaxValue,
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            Delay = TimeSpan.FromSeconds(1),
            MaxDelay = TimeSpan.FromMinutes(1),
            OnRetry = arguments =>
            {
                if (arguments.Outcome.Exception is ObjectStoreException { Transient: false } lasting)
                    _refused[name] = lasting.Message;
                else
                    _refused.TryRemove(name, out _);
                Interlocked.Increment(ref _failures);
                Log.UploadFailed(_logger, name, arguments.AttemptNumber + 1, arguments.RetryDelay, arguments.Outcome.Exception!.Message);
                return ValueTask.CompletedTask;
            },
        };
        ResiliencePipeline pipeline = new ResiliencePipelineBuilder { TimeProvider = _clock.Time }.AddRetry(retry).Build();
        try
        {
            return await pipeline.ExecuteAsync(
                async token =>
                {
                    await slots.WaitAsync(token).ConfigureAwait(false);
                    try
                    {
                        return await put(token).ConfigureAwait(false);
                    }
                    finally
                    {
                        slots.Release();
                    }
                },
                cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _refused.TryRemove(name, out _);
        }
    }

    private sealed class Place(ConcurrentDictionary<string, DateTimeOffset> waiting, string id) : IDisposable
    {
        public void Dispose() => waiting.TryRemove(id, out _);
    }
}

/// <summary>The MP3 in the spool is not the one that was made; its journal is still there.</summary>
internal sealed class DamagedMp3Exception : Exception;
