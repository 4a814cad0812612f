using System.Globalization;
using Microsoft.Extensions.Hosting.Systemd;

namespace Ttm.Server.Systemd;

/// <summary>
/// Feeds systemd's watchdog (sd_watchdog_enabled(3)) as long as the probe answers, until the very end of the process: a drain takes longer than the
/// watchdog's patience. When the probe does not answer, systemd ends the process after <c>WatchdogSec</c> and starts another.
/// </summary>
/// <param name="interval">Half the time after which systemd ends the process; the probe has as long.</param>
/// <param name="probe">Answers when the server works; is cancelled when it has ended.</param>
internal sealed partial class Watchdog(ISystemdNotifier notifier, TimeSpan interval, Func<Task> probe, TimeProvider time, ILogger<Watchdog> logger)
    : IHostedService, IAsyncDisposable
{
    private static readonly ServiceState Alive = new("WATCHDOG=1");
    private readonly CancellationTokenSource _ending = new();
    private Task _feeding = Task.CompletedTask;

    /// <summary>Null where systemd watches nothing, or another process.</summary>
    /// <param name="variable">The environment: WATCHDOG_USEC, and WATCHDOG_PID where it is set.</param>
    public static TimeSpan? Interval(Func<string, string?> variable)
    {
        if (!long.TryParse(variable("WATCHDOG_USEC"), NumberStyles.None, CultureInfo.InvariantCulture, out var microseconds) || microseconds <= 0)
            return null;
        var isOurs = variable("WATCHDOG_PID") is not { Length: > 0 } pid || pid == Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        return isOurs ? TimeSpan.FromMicroseconds(microseconds) / 2 : null;
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _feeding = FeedAsync();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _feeding;
        _ending.Dispose();
    }

    private async Task FeedAsync()
    {
        using var timer = new PeriodicTimer(interval, time);
        try
        {
            do
            {
                if (await AnswersAsync())
                    notifier.Notify(Alive);
                else
                    LogHangs(interval);
            }
            while (await timer.WaitForNextTickAsync(_ending.Token));
        }
        catch (OperationCanceledException)
        {
            // The process ends.
        }
    }

    private async Task<bool> AnswersAsync()
    {
        try
        {
            await probe().WaitAsync(interval, time, _ending.Token);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Critical, Message = "The media loop has not answered for {Interval}: systemd's watchdog is not fed")]
    private partial void LogHangs(TimeSpan interval);
}
