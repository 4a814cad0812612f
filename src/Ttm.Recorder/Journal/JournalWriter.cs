using System.Collections.Concurrent;
using Ttm.Recorder.Recordings;
using Ttm.Rtc;

namespace Ttm.Recorder.Journal;

/// <summary>The one thread that brings all running recordings' packets to disk, at least four times a second.</summary>
internal sealed class JournalWriter(Func<Instant> clock, IJournalObserver observer) : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan TellInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan SyncInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan SyncShare = TimeSpan.FromMilliseconds(100);

    private readonly ConcurrentQueue<RecordingWork> _new = new();
    private readonly List<RecordingWork> _active = [];
    private readonly ManualResetEventSlim _stop = new();
    private Thread? _thread;

    public void Start()
    {
        _thread = new Thread(Run) { IsBackground = true, Name = "journal writer" };
        _thread.Start();
    }

    public void Add(RecordingWork work) => _new.Enqueue(work);

    /// <summary>Writes what has come and ends the thread. Recordings that run go on in the spool, and are found there at the next start.</summary>
    public void Stop()
    {
        _stop.Set();
        _thread?.Join();
        _thread = null;
    }

    public void Dispose()
    {
        Stop();
        foreach (RecordingWork work in _active)
            work.Appender!.Dispose();
        _stop.Dispose();
    }

    /// <summary>One round over all recordings. The thread's own; tests without a thread call it.</summary>
    public void Pass()
    {
        while (_new.TryDequeue(out RecordingWork? work))
            _active.Add(work);

        // Read before the rings: what comes later may or may not be in this round.
        Instant now = clock();
        for (int i = _active.Count - 1; i >= 0; i--)
        {
            RecordingWork work = _active[i];
            Commit(work, now);
            if (!work.Appender!.IsComplete)
                continue;
            _active.RemoveAt(i);
            work.Appender.Dispose();
            observer.Completed(work);
        }

        SyncOldest(now);
    }

    /// <summary>Syncs those whose last time is a second ago, the oldest first; what a slow disk does not manage in its share of a round waits for the next.</summary>
    private void SyncOldest(Instant now)
    {
        while (_active.MinBy(work => work.Appender!.SyncedAt) is { } oldest && now - oldest.Appender!.SyncedAt >= SyncInterval)
        {
            Sync(oldest, now);
            if (clock() - now >= SyncShare)
                return;
        }
    }

    private void Sync(RecordingWork work, Instant now)
    {
        try
        {
            work.Appender!.Sync(now);
        }
        catch (Exception exception)
        {
            observer.Refused(work, exception);
        }
    }

    private void Commit(RecordingWork work, Instant now)
    {
        try
        {
            work.Appender!.Commit(now);
        }
        catch (Exception exception)
        {
            // The disk, in most cases; whatever it is, it must not cost the other recordings.
            observer.Refused(work, exception);
        }

        if (work.Sink!.Dropped is long dropped && dropped != work.ReportedDrops)
        {
            observer.Dropped(work, dropped - work.ReportedDrops);
            work.ReportedDrops = dropped;
        }

        if (work.Appender!.CommittedBytes > 0 && now - work.ToldAt >= TellInterval)
        {
            work.ToldAt = now;
            observer.Grown(work);
        }
    }

    private void Run()
    {
        do
        {
            Pass();
        }
        while (!_stop.Wait(Interval));
        Pass();
    }
}

/// <summary>Hears from the journal writer, on its thread: must be quick.</summary>
internal interface IJournalObserver
{
    /// <summary>About a second more is on disk.</summary>
    void Grown(RecordingWork work);

    /// <summary>The journal is whole.</summary>
    void Completed(RecordingWork work);

    /// <summary>The disk refused; it is tried again with the next round.</summary>
    void Refused(RecordingWork work, Exception exception);

    /// <summary>Packets were lost because the disk did not keep up.</summary>
    void Dropped(RecordingWork work, long packets);
}
