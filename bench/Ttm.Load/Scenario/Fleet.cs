using Ttm.Load.Api;
using Ttm.Load.Clients;
using Ttm.Load.Measurement;
using Ttm.Load.Speech;
using Ttm.Net;

namespace Ttm.Load.Scenario;

/// <summary>All lessons of a run, and the clients' loops. Lessons can be added and taken away while the others go on.</summary>
internal sealed class Fleet : IAsyncDisposable
{
    private const int Probes = 4;

    // A packet that has not come by then is lost.
    private static readonly TimeSpan OnTheWay = TimeSpan.FromSeconds(1);

    private readonly LoadContext _context;
    private readonly List<LessonLoad> _lessons = [];
    private readonly List<IPaced> _talkers = [];
    private readonly BareProbe _probe;
    private readonly IServerGauge _gauge;
    private int _lastIndex;
    private long _faults;

    public Fleet(LoadOptions options, ServerApi api)
    {
        var clock = new MediaClock(TimeProvider.System);
        var media = new ClientLoop("client loop", clock, OnFault);
        _context = new LoadContext(options, api, clock, media, new Joining(media, clock, options.JoinRate, OnFault), new Rounds(), SpeechLoop.Create());
        _gauge = options.Pid is { } pid ? new ProcessGauge(pid) : new MetricsGauge(api);
        _probe = new BareProbe(clock, () => _context.Rounds.Current);
        media.Post(AddProbes);
    }

    public IReadOnlyList<LessonLoad> Lessons => _lessons;

    public JoinTally Joins => _context.Joining.Tally;

    /// <summary>Bugs of this tool that cost a packet or a client.</summary>
    public long Faults => Interlocked.Read(ref _faults);

    public string? FirstFault { get; private set; }

    public Task<ServerSample?> SampleServerAsync(CancellationToken cancellationToken) => _gauge.SampleAsync(cancellationToken);

    /// <summary>What the round that runs has counted so far.</summary>
    public Task<(long Sent, long Received, TimeSpan P99)> PeekAsync() => _context.Media.InvokeAsync(() =>
    {
        var tally = _context.Rounds.Current;
        return (tally.Sent, tally.Received, tally.Delay.Quantile(0.99));
    });

    /// <summary>Adds lessons and waits until all their students are in.</summary>
    public async Task AddAsync(int count, CancellationToken cancellationToken)
    {
        var starting = Enumerable.Range(0, count).Select(_ => new LessonLoad(_lastIndex++, _context)).ToList();
        _lessons.AddRange(starting);
        await Task.WhenAll(starting.Select(lesson => lesson.StartAsync(cancellationToken)));
    }

    /// <summary>Students join the running lessons in turn, at the join rate.</summary>
    public async Task<StormResult> StormAsync(int count, CancellationToken cancellationToken)
    {
        var joins = new JoinTally();
        var before = _context.Joining.CountApart(joins);
        await _context.Media.InvokeAsync(NextRound);
        var started = _context.Clock.Now;
        await Task.WhenAll(Enumerable.Range(0, count).Select(number => _lessons[number % _lessons.Count].AddGuestAsync(number, cancellationToken)));
        var took = _context.Clock.Now - started;
        var meanwhile = await EndRoundAsync(cancellationToken);
        _context.Joining.CountApart(before);
        return new StormResult(joins, took, meanwhile);
    }

    /// <summary>Ends the newest lessons until so many are left.</summary>
    public async Task ShrinkAsync(int count, CancellationToken cancellationToken)
    {
        var ending = _lessons.Skip(count).ToList();
        _lessons.RemoveRange(count, ending.Count);
        await Task.WhenAll(ending.Select(async lesson =>
        {
            await lesson.StopAsync(cancellationToken);
            await lesson.DisposeAsync();
        }));
    }

    /// <summary>Ends the round that ran, without having measured its use of CPU.</summary>
    public async Task<Tally> EndRoundAsync(CancellationToken cancellationToken)
    {
        var tally = await _context.Media.InvokeAsync(NextRound);
        await Task.Delay(OnTheWay, cancellationToken);
        return tally;
    }

    /// <summary>One round of measurement.</summary>
    public async Task<RoundResult> MeasureAsync(TimeSpan duration, CancellationToken cancellationToken)
    {
        await _context.Media.InvokeAsync(NextRound);
        var started = _context.Clock.Now;
        var server = await _gauge.SampleAsync(cancellationToken);
        var machine = MachineSample.Take();
        await Task.Delay(duration, cancellationToken);
        var machineAfter = MachineSample.Take();
        var serverAfter = await _gauge.SampleAsync(cancellationToken);
        var took = _context.Clock.Now - started;
        var tally = await EndRoundAsync(cancellationToken);
        return new RoundResult(_lessons.Count, took, tally, server, serverAfter, machineAfter.Own - machine.Own, machineAfter.Machine - machine.Machine);
    }

    public async Task StopTalkingAsync(CancellationToken cancellationToken) =>
        await Task.WhenAll(_lessons.Select(lesson => lesson.StopAsync(cancellationToken)));

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_lessons.Select(lesson => lesson.DisposeAsync().AsTask()));
        await _context.Media.InvokeAsync(RemoveProbes);
        _probe.Dispose();
        _context.Media.Dispose();
        _context.Joining.Dispose();
    }

    private Tally NextRound()
    {
        var before = _context.Rounds.Next();
        before.Lateness.Add(_context.Media.Lateness);
        _context.Media.Lateness.Clear();
        return before;
    }

    private void AddProbes()
    {
        _context.Media.Add(_probe);
        for (int index = 0; index < Probes; index++)
        {
            var talker = _probe.CreateTalker();
            _talkers.Add(talker);
            _context.Media.Pace(talker, _context.Clock.Now + (ClientLoop.PacketInterval * (index + 0.5) / Probes));
        }
    }

    private bool RemoveProbes()
    {
        _talkers.ForEach(_context.Media.Unpace);
        _context.Media.Remove(_probe);
        return true;
    }

    private void OnFault(Exception exception)
    {
        FirstFault ??= exception.ToString();
        Interlocked.Increment(ref _faults);
    }
}
