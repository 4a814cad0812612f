using System.Collections.Concurrent;
using Ttm.Load.Measurement;
using Ttm.Net;
using Ttm.Rtc;

namespace Ttm.Load.Clients;

/// <summary>One thread that receives, keeps timers and sends on time for thousands of clients.</summary>
internal sealed class ClientLoop : IDisposable
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(500);

    private readonly IReadiness _readiness = OperatingSystem.IsLinux() ? new EpollReadiness() : new ScanReadiness();
    private readonly ConcurrentQueue<Action> _mailbox = new();
    private readonly TimerQueue<IPolled> _timers = new();
    private readonly TimerQueue<IPaced> _pacing = new();
    private readonly MediaClock _clock;
    private readonly Action<Exception> _onFault;
    private readonly Thread _thread;
    private int _wakePending;
    private volatile bool _stopping;

    public ClientLoop(string name, MediaClock clock, Action<Exception> onFault)
    {
        _clock = clock;
        _onFault = onFault;
        _thread = new Thread(Run) { Name = name, IsBackground = true };
        _thread.Start();
    }

    /// <summary>The time between two packets of speech.</summary>
    public static readonly TimeSpan PacketInterval = TimeSpan.FromMilliseconds(20);

    /// <summary>How late packets left. Read and reset on the loop alone.</summary>
    public Histogram Lateness { get; } = new();

    public void Post(Action work)
    {
        _mailbox.Enqueue(work);
        if (Interlocked.Exchange(ref _wakePending, 1) == 0)
            _readiness.Wake();
    }

    public Task<T> InvokeAsync<T>(Func<T> work)
    {
        var completion = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(() => completion.SetResult(work()));
        return completion.Task;
    }

    /// <summary>On the loop: from now on the client is this loop's.</summary>
    public void Add(IPolled client)
    {
        _readiness.Add(client);
        Pump(client);
    }

    /// <summary>On the loop.</summary>
    public void Remove(IPolled client)
    {
        _timers.Remove(client);
        _readiness.Remove(client);
    }

    /// <summary>On the loop: sends every 20 ms, first at <paramref name="first"/>.</summary>
    public void Pace(IPaced paced, Instant first) => _pacing.Set(paced, first);

    /// <summary>On the loop.</summary>
    public void Unpace(IPaced paced) => _pacing.Remove(paced);

    public void Dispose()
    {
        if (_stopping)
            return;
        _stopping = true;
        _readiness.Wake();
        _thread.Join();
        _readiness.Dispose();
    }

    private void Run()
    {
        // As the server's loop does: what others do on this machine is not to be measured.
        ThreadNice.Raise();
        while (!_stopping)
        {
            try
            {
                RunOnce();
            }
            catch (Exception fault) when (fault is not OutOfMemoryException)
            {
                _onFault(fault);
            }
        }
    }

    private void RunOnce()
    {
        Volatile.Write(ref _wakePending, 0);
        while (_mailbox.TryDequeue(out var work))
            work();

        var now = _clock.Now;
        while (_timers.TryTakeDue(now, out var due))
            Pump(due);
        Send();

        var next = Instant.Min(_timers.NextDue, _pacing.NextDue);
        now = _clock.Now;
        var wait = next == Instant.Never || next - now > LongestWait ? LongestWait : next - now;
        int count = _readiness.Wait(_mailbox.IsEmpty ? wait : TimeSpan.Zero);
        for (int index = 0; index < count; index++)
            Pump(_readiness.GetReady(index));
    }

    /// <summary>What is due leaves at its own time, however late this thread is: the next is reckoned from the plan.</summary>
    private void Send()
    {
        while (_pacing.TryTakeDue(_clock.Now, out var paced))
        {
            var now = _clock.Now;
            Lateness.Add(now - paced.TimerDue);
            _pacing.Set(paced, paced.TimerDue + PacketInterval);
            paced.Send(now);
        }
    }

    private void Pump(IPolled client)
    {
        client.Pump();
        _timers.Set(client, client.NextTick);
    }
}
