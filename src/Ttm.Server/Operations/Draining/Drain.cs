using Ttm.Sfu.Lessons;

namespace Ttm.Server.Operations.Draining;

/// <summary>
/// The time between being asked to stop and stopping: no new lessons; those that run go on, with reconnects and late students, until nobody is
/// connected any more or the time is up. Afterwards the lessons are suspended as at any stop, and go on after the next start.
/// </summary>
internal sealed partial class Drain(DrainOptions options, IServiceProvider services, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<Drain> logger)
    : IReadinessCheck
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    // A page that is reloaded, or changes its network, is back within it.
    private static readonly TimeSpan ReconnectTime = TimeSpan.FromSeconds(5);

    private string? _problem;

    public bool IsWanted => options.DrainTimeout > TimeSpan.Zero;

    public string? Problem() => Volatile.Read(ref _problem);

    /// <summary>Ends when the server may stop. Called once.</summary>
    public async Task RunAsync()
    {
        var until = time.GetUtcNow() + options.DrainTimeout;
        Volatile.Write(ref _problem, $"The server is draining: it stops when its lessons are over, at {until:yyyy-MM-dd'T'HH:mm:ss'Z'} at the latest.");
        LogDraining(logger, options.DrainTimeout);
        foreach (var drained in services.GetServices<IDrained>())
            drained.BeginDrain();

        DateTimeOffset? lastSeen = null;
        try
        {
            for (var now = time.GetUtcNow(); now < until; now = time.GetUtcNow())
            {
                if (services.GetRequiredService<ILessons>().List().Any(IsRunning))
                    lastSeen = now;
                if (lastSeen is null || now - lastSeen > ReconnectTime)
                    break;
                await Task.Delay(Interval, time, lifetime.ApplicationStopping);
            }
        }
        catch (OperationCanceledException)
        {
            // Asked a second time.
        }

        LogDrained(logger);
    }

    private static bool IsRunning(LessonSnapshot lesson) =>
        lesson.State == LessonState.Live && (lesson.Teacher is { Connected: true } || lesson.Students.Any(student => student.Connected));

    [LoggerMessage(EventId = 1, Level = LogLevel.Information, Message = "Draining for at most {Timeout}: no new lessons are taken; a second SIGTERM stops at once")]
    private static partial void LogDraining(ILogger logger, TimeSpan timeout);

    [LoggerMessage(EventId = 2, Level = LogLevel.Information, Message = "Drained")]
    private static partial void LogDrained(ILogger logger);
}
