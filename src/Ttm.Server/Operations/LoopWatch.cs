using Ttm.Sfu.Media;

namespace Ttm.Server.Operations;

/// <summary>Asks the media loop four times a second, and sees how long the answer takes: what a packet waits, whether the loop is busy, starved or stuck. Carries its delays on.</summary>
internal sealed class LoopWatch(MediaPort port, LoopLag lag, ForwardLatency latency, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                latency.Update();
                await LookAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException)
        {
            // The server stops, or the loop has.
        }
    }

    private async Task LookAsync(CancellationToken stopping)
    {
        var asked = port.Clock.Now;
        var answer = port.ProbeAsync();

        // A loop that does not answer is the later the longer it does not.
        while (await Task.WhenAny(answer, Task.Delay(Interval, time, stopping)) != answer)
        {
            stopping.ThrowIfCancellationRequested();
            lag.Add(port.Clock.Now - asked);
        }

        lag.Add(await answer - asked);
    }
}
