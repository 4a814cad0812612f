using System.Collections.Concurrent;
using Ttm.Recorder.Recordings;
using Ttm.Rtc;

namespace Ttm.Recorder.Journal;

/// <summary>
/// The one thread that brings all running recordings' packets into their files, eight times a second. It waits for no disk: that is the
/// <see cref="JournalSyncer"/>'s part.
/// </summary>
internal sealed class JournalWriter(Func<Instant> clock, IJournalObserver observer) : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(125);
    private static readonly TimeSpan TellInterval = TimeSpan.FromSeconds(1);

    private readonly ConcurrentQueue<RecordingWork> _new = new();
    private readonly List<RecordingWork> _active = [];
    private readonly ManualResetEventSlim _stop = new();
    private readonly JournalSyncer _syncer = new(clock, observer);
    private Thread? _thread;

    public void Start()
    {
        _thread = new Thread(Run) { IsBackground = true, Name = "journal writer" };
        _thread.Start();
        _syncer.Start();
    }

    public void Add(RecordingWork work)
    {
        _new.Enqueue(work);
        _syncer.Add(work);
    }

    /// <summary>Writes what has come and ends the thread. Recordings that run go on in the spool, and are found there at the next start.</summary>
    public void Stop()
    {
        _stop.Set();
        _thread?.Join();
        _thread = null;
        _syncer.Stop();
    }

    public void Dispose()
    {
        Stop();
        _syncer.Dispose();
        _stop.Dispose();
    }

    /// <summary>One round over all recordings. The thread's own; tests without a thread call it.</summary>
    public void Pass()
    {
        while (_new.TryDequeue(out RecordingWork? work))
            _active.Add(work);

        // Read before the rings: what comes later may or may not be in this round.
        Instant now = clock();
        int kept = 0;
        for (int i = 0; i < _active.Count; i++)
        {
            // The oldest first: whatever instant a kill comes at, no later recording of a lesson has a file where an earlier one has none.
            RecordingWork work = _active[i];
            Commit(work, now);
            if (work.Appender!.IsComplete)
                observer.Completed(work);
            else
                _active[kept++] = work;
        }

        _active.RemoveRange(kept, _active.Count - kept);
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
