using Ttm.Rtc;

namespace Ttm.Net;

/// <summary>
/// Decides how long a busy loop lets datagrams gather before it takes them. To be woken costs more than to relay a packet, so that a loop that is
/// woken for each spends most of its time on waking. Where so few come that nothing would gather, nothing is held: then only the
/// delay would grow. What it adds, half of <see cref="LongestPause"/> on the average, is 1/160 of the 20 ms between two packets of a lesson.
/// </summary>
internal struct RoundPacer
{
    /// <summary>Between two rounds, at most.</summary>
    public static readonly TimeSpan LongestPause = TimeSpan.FromMicroseconds(250);

    // Fewer within a pause than that would not pay.
    private const double Worthwhile = 2;

    private static readonly TimeSpan Window = TimeSpan.FromMilliseconds(50);

    private Instant _windowStart;
    private Instant _lastRound;
    private int _count;
    private bool _isBusy;
    private bool _isBehind;

    /// <summary>A round has taken so many datagrams.</summary>
    public void Count(int datagrams, Instant now)
    {
        _lastRound = now;
        _isBehind = datagrams == DatagramLimits.BatchSize;
        _count += datagrams;
        var elapsed = now - _windowStart;
        if (elapsed < Window)
            return;
        _isBusy = _count * LongestPause.Ticks >= Worthwhile * elapsed.Ticks;
        _count = 0;
        _windowStart = now;
    }

    /// <summary>How long from now on; not beyond <paramref name="wait"/>, when something else is due.</summary>
    public readonly TimeSpan GetPause(Instant now, TimeSpan wait)
    {
        if (!_isBusy || _isBehind)
            return TimeSpan.Zero;
        var pause = _lastRound + LongestPause - now;
        return pause < wait ? pause : wait;
    }
}
