using System.Globalization;
using Microsoft.Extensions.Logging;
using Ttm.Recorder.Storage;

namespace Ttm.Recorder.Recordings;

/// <summary>Looks every few seconds whether disk and store are well.</summary>
internal sealed class HealthWatch(Spool spool, IObjectStore store, RecordingOptions options, Uploader uploader, TimeProvider time, ILogger logger)
{
    private const double Mebi = 1 << 20;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan StoreInterval = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan StorePatience = TimeSpan.FromSeconds(10);

    private volatile RecorderHealth _health = new(null, null, 0, 0);
    private DateTimeOffset _storeCheckedAt = DateTimeOffset.MinValue;
    private long _failedUploads;

    public RecorderHealth Health => _health;

    /// <summary>What the store itself says when it is asked, whatever it refuses of single objects.</summary>
    public bool IsStoreWell { get; private set; } = true;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            try
            {
                await CheckAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                Log.UpkeepFailed(logger, exception);
            }
        }
        while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Looks now. The store is asked less often than the disk, except where it is unwell or has just refused an upload.</summary>
    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        RecorderHealth before = _health;
        long free = FreeBytes(out string? problem);
        _health = new RecorderHealth(problem, before.StoreProblem, free, SpoolBytes());
        long failed = uploader.Failures;
        if (!IsStoreWell || failed != _failedUploads || time.GetUtcNow() - _storeCheckedAt >= StoreInterval)
        {
            _failedUploads = failed;
            StoreHealth answer = await AskStoreAsync(cancellationToken).ConfigureAwait(false);
            _storeCheckedAt = time.GetUtcNow();
            IsStoreWell = answer.Healthy;

            // A store may take what is tried out and refuse what is meant: its tags, its storage class, its deletion.
            _health = _health with { StoreProblem = answer.Healthy ? uploader.Refusal : answer.Reason ?? "The object store cannot be used." };
        }
        else if (before.StoreProblem is not null)
        {
            _health = _health with { StoreProblem = uploader.Refusal };
        }

        Tell(before, _health);
    }

    private async Task<StoreHealth> AskStoreAsync(CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(StorePatience, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        try
        {
            return await store.CheckAsync(both.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new StoreHealth(false, "The object store does not answer within ten seconds.");
        }
    }

    private void Tell(RecorderHealth before, RecorderHealth after)
    {
        if (after.DiskProblem is { } disk && before.DiskProblem is null)
            Log.Unhealthy(logger, disk);
        if (after.StoreProblem is { } store && before.StoreProblem != store)
            Log.Unhealthy(logger, store);
        if (after is { DiskProblem: null, StoreProblem: null } && before is not { DiskProblem: null, StoreProblem: null })
            Log.Healthy(logger);
    }

    private long FreeBytes(out string? problem)
    {
        problem = null;
        try
        {
            long free = spool.FreeBytes();
            if (free < options.MinFreeBytes)
            {
                problem = string.Create(
                    CultureInfo.InvariantCulture,
                    $"The spool's disk ({spool.Directory}) has {free / Mebi:0.#} MiB free and Recording:MinFreeBytes asks for {options.MinFreeBytes / Mebi:0.#} MiB: make room.");
            }
            else
            {
                spool.TryOut();
            }

            return free;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            problem = $"The spool's disk ({spool.Directory}) cannot be written: {exception.Message}";
            return 0;
        }
    }

    private long SpoolBytes()
    {
        try
        {
            return spool.Bytes();
        }
        catch (IOException)
        {
            // Files come and go while they are counted.
            return _health.SpoolBytes;
        }
    }
}
