using System.Collections.Concurrent;
using Ttm.Recorder.Recordings;
using Ttm.Rtc;

namespace Ttm.Recorder.Journal;

/// <summary>
/// The one thread that brings journals from the system's memory to the disk itself, each once a second and at its end, the one that waited longest
/// first. Apart from the writer, so that a disk that takes its time delays nothing of what a killed process leaves.
/// </summary>
internal sealed class JournalSyncer(Func<Instant> clock, IJournalObserver observer) : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly ConcurrentQueue<RecordingWork> _new = new();
    private readonly List<RecordingWork> _active = [];
    private readonly ManualResetEventSlim _stop = new();
    private Thread? _thread;

    public void Start()
    {
        _thread = new Thread(Run) { IsBackground = true, Name = "journal syncer" };
        _thread.Start();
    }

    public void Add(RecordingWork work) => _new.Enqueue(work);

    /// <summary>Syncs everything and ends the thread. The writer must have ended before.</summary>
    public void Stop()
    {
        _stop.Set();
        _thread?.Join();
        _thread = null;
    }

    public void Dispose()
    {
        Stop();
        while (_new.TryDequeue(out RecordingWork? work))
            _active.Add(work);
        foreach (RecordingWork work in _active)
            work.Appender!.Dispose();
        _stop.Dispose();
    }

    /// <summary>One round over those whose time has come. The thread's own; tests without a thread call it.</summary>
    /// <param name="all">Also those whose time has not.</param>
    public void Pass(bool all)
    {
        while (_new.TryDequeue(out RecordingWork? work))
            _active.Add(work);
        Instant now = clock();
        foreach (RecordingWork work in _active.OrderBy(work => work.Appender!.SyncedAt.Ticks).ToList())
        {
            // Asked before the sync: then that was the last one.
            bool complete = work.Appender!.IsComplete;
            if (!complete && !all && now - work.Appender.SyncedAt < Interval)
                continue;
            if (!TrySync(work, clock()) || !complete)
                continue;
            work.Appender.Dispose();
            _active.Remove(work);
        }
    }

    private bool TrySync(RecordingWork work, Instant now)
    {
        try
        {
            work.Appender!.Sync(now);
            return true;
        }
        catch (Exception exception)
        {
            // The disk, in most cases; whatever it is, it must not cost the other recordings.
            observer.Refused(work, exception);
            return false;
        }
    }

    private void Run()
    {
        do
        {
            Pass(all: false);
        }
        while (!_stop.Wait(Pause));
        Pass(all: true);
    }
}
