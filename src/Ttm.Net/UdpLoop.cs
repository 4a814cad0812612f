using System.Collections.Concurrent;
using Ttm.Rtc;

namespace Ttm.Net;

/// <summary>
/// The one thread that owns the media socket and everything reached from it. Receives in batches, hands each datagram to the handler, keeps its
/// timers, runs what others post to its mailbox, and flushes what was sent once a round. Nothing here allocates in steady state.
/// </summary>
public sealed class UdpLoop : IDisposable
{
    // Bounds how late a stop request or a clock jump is seen; wakes cover the rest.
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(1);

    private readonly IDatagramSocket _socket;
    private readonly MediaClock _clock;
    private readonly IDatagramHandler _handler;
    private readonly Action<Exception> _onFault;
    private readonly ConcurrentQueue<Action<Instant>> _mailbox = new();
    private readonly Thread _thread;
    private RoundPacer _pacer;
    private int _wakePending;
    private Instant _arrivedAt;
    private int _arrived;
    private volatile bool _stopping;

    /// <param name="onFault">Told of an exception from posted work or the handler: a bug, which must not end the loop.</param>
    public UdpLoop(IDatagramSocket socket, MediaClock clock, IDatagramHandler handler, Action<Exception> onFault)
    {
        _socket = socket;
        _clock = clock;
        _handler = handler;
        _onFault = onFault;
        _thread = new Thread(Run) { Name = "media loop", IsBackground = true, Priority = ThreadPriority.AboveNormal };
    }

    /// <summary>Rounds, datagrams in and datagrams that the kernel refused; written by the loop, read by anyone.</summary>
    public LoopCounters Counters { get; } = new();

    public void Start() => _thread.Start();

    /// <summary>Runs <paramref name="work"/> on the loop, after what was posted before it. Dropped where the loop has stopped.</summary>
    public void Post(Action<Instant> work)
    {
        _mailbox.Enqueue(work);
        if (Interlocked.Exchange(ref _wakePending, 1) == 0 && Thread.CurrentThread != _thread)
            _socket.Wake();
    }

    /// <summary>Runs <paramref name="work"/> on the loop and gives its result; cancelled where the loop stops first.</summary>
    public Task<T> InvokeAsync<T>(Func<Instant, T> work)
    {
        var completion = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        if (_stopping)
        {
            completion.SetCanceled();
            return completion.Task;
        }

        Post(now =>
        {
            try
            {
                completion.SetResult(work(now));
            }
            catch (Exception fault) when (fault is not OutOfMemoryException)
            {
                completion.SetException(fault);
            }
        });
        return completion.Task;
    }

    /// <summary>Runs the posted work that is left, then ends the thread.</summary>
    public void Dispose()
    {
        if (_stopping)
            return;
        _stopping = true;
        if (_thread.IsAlive)
        {
            _socket.Wake();
            _thread.Join();
        }

        _socket.Dispose();
    }

    private void Run()
    {
        ThreadNice.Raise();
        while (!_stopping)
            RunOnce();
        DrainMailbox(_clock.Now);
        _socket.Flush();
    }

    private void RunOnce()
    {
        var now = _clock.Now;
        if (_arrived > 0)
            Counters.Latency.Add(now - _arrivedAt, _arrived);
        _arrived = 0;
        DrainMailbox(now);
        if (_handler.NextTick <= now)
            Guard(now);
        Counters.Refused += _socket.Flush();

        var wait = WaitFrom(now);
        var pause = _pacer.GetPause(now, wait);
        if (pause > TimeSpan.Zero)
        {
            _socket.Pause(pause);
            wait = TimeSpan.Zero;
        }

        int count = _socket.Receive(wait);
        now = _clock.Now;
        _pacer.Count(count, now);
        Counters.Rounds++;
        if (count == 0)
            return;

        Counters.Datagrams += count;
        (_arrivedAt, _arrived) = (now - _socket.Waited, count);
        for (int index = 0; index < count; index++)
            Guard(index, now);
        Counters.Refused += _socket.Flush();
    }

    private TimeSpan WaitFrom(Instant now)
    {
        var due = _handler.NextTick;
        if (!_mailbox.IsEmpty || due <= now)
            return TimeSpan.Zero;
        return due == Instant.Never || due - now > LongestWait ? LongestWait : due - now;
    }

    private void DrainMailbox(Instant now)
    {
        // The flag falls, for all to see, before the queue is read: a post after this wakes again. A mere volatile write could be seen later than
        // the read, and a post in between would neither be run nor wake.
        Interlocked.Exchange(ref _wakePending, 0);
        if (_mailbox.IsEmpty)
            return;
        for (int left = _mailbox.Count; left > 0 && _mailbox.TryDequeue(out var work); left--)
        {
            try
            {
                work(now);
            }
            catch (Exception fault) when (fault is not OutOfMemoryException)
            {
                _onFault(fault);
            }
        }
    }

    private void Guard(Instant now)
    {
        try
        {
            _handler.OnTick(now);
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            _onFault(fault);
        }
    }

    private void Guard(int index, Instant now)
    {
        try
        {
            var datagram = _socket.GetReceived(index, out var from);
            _handler.OnDatagram(datagram, from, now);
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            _onFault(fault);
        }
    }
}

/// <summary>Plain counters with one writer, the loop; readers may see a value a moment old.</summary>
public sealed class LoopCounters
{
    public long Rounds { get; internal set; }

    public long Datagrams { get; internal set; }

    public long Refused { get; internal set; }

    /// <summary>From a datagram's arrival to the moment when all that it caused has gone; of a batch, each counts as its oldest.</summary>
    public LatencyHistogram Latency { get; } = new();
}
