namespace Ttm.Server.Operations;

/// <summary>How much processor time this process takes: a mean over the last seconds. Sampled by its own timer.</summary>
internal sealed class CpuGauge : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private const int Samples = 5;

    private readonly TimeProvider _time;
    private readonly Queue<(long At, TimeSpan Used)> _samples = new(Samples + 1);
    private double _used;

    public CpuGauge(TimeProvider time)
    {
        _time = time;
        Sample();
    }

    /// <summary>In cores: 1 is one whole core.</summary>
    public double Used => Volatile.Read(ref _used);

    /// <summary>How many cores the process may use.</summary>
    public static int Cores => Environment.ProcessorCount;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, _time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
            Sample();
    }

    private void Sample()
    {
        var now = (At: _time.GetTimestamp(), Used: Environment.CpuUsage.TotalTime);
        _samples.Enqueue(now);
        if (_samples.Count > Samples + 1)
            _samples.Dequeue();
        var first = _samples.Peek();
        var elapsed = _time.GetElapsedTime(first.At, now.At);
        if (elapsed > TimeSpan.Zero)
            Volatile.Write(ref _used, (now.Used - first.Used) / elapsed);
    }
}
