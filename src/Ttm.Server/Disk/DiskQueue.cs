using System.Threading.Channels;

namespace Ttm.Server.Disk;

/// <summary>
/// What control code wants written, done one after another on a thread of its own, so that a slow disk holds nobody up. What the disk refuses
/// is logged and passed over; so is what comes when <see cref="Capacity"/> pieces wait.
/// </summary>
internal sealed partial class DiskQueue : IAsyncDisposable
{
    public const int Capacity = 10_000;

    private readonly Channel<(Action Write, TaskCompletionSource Done)> _queue =
        Channel.CreateBounded<(Action, TaskCompletionSource)>(new BoundedChannelOptions(Capacity) { SingleReader = true });

    private readonly ILogger<DiskQueue> _logger;
    private readonly Task _writing;

    public DiskQueue(ILogger<DiskQueue> logger)
    {
        _logger = logger;
        _writing = Task.Run(WriteAsync);
    }

    /// <summary>The task ends, always well, when it is written or given up.</summary>
    public Task EnqueueAsync(Action write)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (_queue.Writer.TryWrite((write, done)))
            return done.Task;
        LogFull(_logger, Capacity);
        return Task.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _writing;
    }

    private async Task WriteAsync()
    {
        await foreach (var (write, done) in _queue.Reader.ReadAllAsync())
        {
            try
            {
                write();
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                LogRefused(_logger, exception.Message);
            }

            done.SetResult();
        }
    }

    [LoggerMessage(40, LogLevel.Error, "The spool's disk does not take the state of a lesson or a message: {Reason}")]
    private static partial void LogRefused(ILogger logger, string reason);

    [LoggerMessage(41, LogLevel.Error, "{Count} changes of lessons wait for the spool's disk; one is passed over")]
    private static partial void LogFull(ILogger logger, int count);
}
