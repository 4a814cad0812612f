using System.Collections.Concurrent;
using Ttm.Rtc;

namespace Ttm.Recorder.Recordings;

/// <summary>The recordings that have no whole MP3 yet.</summary>
internal sealed class WorkList
{
    private readonly ConcurrentDictionary<RecordingWork, bool> _works = new();
    private readonly Lock _lock = new();
    private TaskCompletionSource? _noneClosed;

    /// <summary>Those that are being recorded.</summary>
    public int Active => _works.Keys.Count(work => work.Sink is { IsOpened: true, IsClosed: false });

    /// <summary>Those that are over and have no whole MP3 yet.</summary>
    public int Encoding => _works.Keys.Count(IsClosed);

    /// <summary>Those that an earlier process left.</summary>
    public int Found => _works.Keys.Count(work => work.Sink is null);

    public void Add(RecordingWork work) => _works[work] = true;

    public void Remove(RecordingWork work)
    {
        _works.TryRemove(work, out _);
        lock (_lock)
        {
            if (AnyClosed())
                return;
            _noneClosed?.TrySetResult();
            _noneClosed = null;
        }
    }

    /// <summary>Ends when everything that is closed has its MP3.</summary>
    public Task WaitForClosedAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (!AnyClosed())
                return Task.CompletedTask;
            _noneClosed ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _noneClosed.Task.WaitAsync(cancellationToken);
        }
    }

    /// <summary>
    /// How far the one that is farthest behind is behind: what it has been told and is not encoded. Of what an earlier process left nobody knows.
    /// </summary>
    public TimeSpan Lag(Instant now)
    {
        TimeSpan longest = TimeSpan.Zero;
        foreach (RecordingWork work in _works.Keys)
        {
            if (work.Sink is not { IsOpened: true } sink)
                continue;
            TimeSpan lag = (sink.IsClosed ? sink.End.At : now) - (work.EncodedUntil ?? sink.Start.At);
            if (lag > longest)
                longest = lag;
        }

        return longest;
    }

    /// <summary>Once nobody works any more.</summary>
    public void DisposeTranscoders()
    {
        foreach (RecordingWork work in _works.Keys)
            work.Transcoder?.Dispose();
    }

    private bool AnyClosed() => _works.Keys.Any(IsClosed);

    private static bool IsClosed(RecordingWork work) => work.Sink is null or { IsClosed: true };
}
