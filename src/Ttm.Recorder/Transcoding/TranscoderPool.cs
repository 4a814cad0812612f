using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Ttm.Recorder.Recordings;

namespace Ttm.Recorder.Transcoding;

/// <summary>
/// The threads that encode. Each takes one recording and does about a second of it; a recording is never with two at once. They yield to the
/// media loop: where they cannot follow, journals grow and MP3s come later.
/// </summary>
internal sealed partial class TranscoderPool : IDisposable
{
    // setpriority(2): on Linux, 0 and 0 name the calling thread.
    private const int Nice = 10;

    private readonly BlockingCollection<RecordingWork> _queue = [];
    private readonly Lock _lock = new();
    private readonly Func<RecordingWork, bool> _process;
    private readonly Thread[] _threads;

    /// <param name="process">Does a piece of work; true where there is more to do at once. Must not throw.</param>
    public TranscoderPool(int workers, Func<RecordingWork, bool> process)
    {
        _process = process;
        _threads = new Thread[workers];
        for (int i = 0; i < workers; i++)
        {
            _threads[i] = new Thread(Run) { IsBackground = true, Name = $"transcoder {i + 1}", Priority = ThreadPriority.BelowNormal };
            _threads[i].Start();
        }
    }

    /// <summary>Sees to it that the recording is looked at soon.</summary>
    public void Enqueue(RecordingWork work)
    {
        lock (_lock)
        {
            bool idle = work.Turn == WorkTurn.Idle;
            work.Turn = work.Turn is WorkTurn.Running or WorkTurn.RunningAgain ? WorkTurn.RunningAgain : WorkTurn.Queued;
            if (idle && !_queue.IsAddingCompleted)
                _queue.Add(work);
        }
    }

    /// <summary>Ends the threads after the pieces they are at.</summary>
    public void Dispose()
    {
        lock (_lock)
            _queue.CompleteAdding();
        while (_queue.TryTake(out _))
        {
        }

        foreach (Thread thread in _threads)
            thread.Join();
        _queue.Dispose();
    }

    private void Run()
    {
        // .NET's thread priorities do nothing on Linux.
        if (OperatingSystem.IsLinux())
            _ = SetPriority(0, 0, Nice);
        foreach (RecordingWork work in _queue.GetConsumingEnumerable())
        {
            lock (_lock)
                work.Turn = WorkTurn.Running;
            bool more = _process(work);
            lock (_lock)
            {
                bool again = more || work.Turn == WorkTurn.RunningAgain;
                work.Turn = again ? WorkTurn.Queued : WorkTurn.Idle;
                if (again && !_queue.IsAddingCompleted)
                    _queue.Add(work);
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "setpriority")]
    private static partial int SetPriority(int which, int who, int nice);
}
