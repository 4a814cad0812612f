namespace Ttm.Server.Operations;

/// <summary>How late the media loop has been lately. Written by <see cref="LoopWatch"/>, read by anyone.</summary>
internal sealed class LoopLag
{
    private const int Kept = 20;
    private const int PerSecond = 4;

    private readonly Lock _lock = new();
    private readonly TimeSpan[] _latest = new TimeSpan[Kept];
    private int _next;

    /// <summary>The worst of the last twenty looks, which are five seconds.</summary>
    public TimeSpan Worst => WorstOf(Kept);

    public TimeSpan OfLastSecond => WorstOf(PerSecond);

    public void Add(TimeSpan lag)
    {
        lock (_lock)
        {
            _latest[_next] = lag;
            _next = (_next + 1) % Kept;
        }
    }

    private TimeSpan WorstOf(int count)
    {
        var worst = TimeSpan.Zero;
        lock (_lock)
        {
            for (var back = 1; back <= count; back++)
                worst = TimeSpan.FromTicks(Math.Max(worst.Ticks, _latest[(_next + Kept - back) % Kept].Ticks));
        }

        return worst;
    }
}
