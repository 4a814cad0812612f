using System.Threading.Channels;

namespace Ttm.Server.Disk;

/// <summary>
/// What control code wants written, done one after another on a thread of its own, so that a slow disk holds nobody up. What the disk refuses is tried
/// again every second until it is written, and holds up its own file alone. What comes when <see cref="Capacity"/> pieces wait is logged and passed over.
/// </summary>
internal sealed partial class DiskQueue : IAsyncDisposable
{
    public const int Capacity = 10_000;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly Channel<Piece> _queue = Channel.CreateBounded<Piece>(new BoundedChannelOptions(Capacity) { SingleReader = true });

    // By file, in order; the writing task's own.
    private readonly Dictionary<string, List<Piece>> _refused = new(StringComparer.Ordinal);
    private readonly TimeProvider _time;
    private readonly ILogger<DiskQueue> _logger;
    private readonly Task _writing;
    private long _triedAt;

    public DiskQueue(TimeProvider time, ILogger<DiskQueue> logger)
    {
        (_time, _logger) = (time, logger);
        _writing = Task.Run(WriteAsync);
    }

    /// <summary>The whole of a file: what waits for that file is of no interest any more. The task ends, always well, when it is written or given up.</summary>
    public Task ReplaceAsync(string path, Action write) => EnqueueAsync(path, write, isWhole: true);

    /// <summary>A piece of a file, after those before it. The task ends, always well, when it is written or given up.</summary>
    public Task AppendAsync(string path, Action write) => EnqueueAsync(path, write, isWhole: false);

    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _writing;
    }

    private Task EnqueueAsync(string path, Action write, bool isWhole)
    {
        var piece = new Piece(path, write, isWhole, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        if (!_queue.Writer.TryWrite(piece))
            GiveUp(piece);
        return piece.Done.Task;
    }

    private async Task WriteAsync()
    {
        while (await HasWorkAsync())
        {
            while (_queue.Reader.TryRead(out var piece))
                Take(piece);
            if (_refused.Count > 0 && _time.GetElapsedTime(_triedAt) >= Pause)
                TryAgain();
        }

        if (_refused.Count > 0)
            TryAgain();
        foreach (var piece in _refused.Values.SelectMany(pieces => pieces))
            piece.Done.SetResult();
    }

    /// <summary>False where nothing comes any more.</summary>
    private async Task<bool> HasWorkAsync()
    {
        if (_refused.Count == 0)
            return await _queue.Reader.WaitToReadAsync();
        using var pause = new CancellationTokenSource(Pause, _time);
        try
        {
            return await _queue.Reader.WaitToReadAsync(pause.Token);
        }
        catch (OperationCanceledException)
        {
            return true;
        }
    }

    private void Take(Piece piece)
    {
        if (!_refused.TryGetValue(piece.Path, out var before))
        {
            if (TryWrite(piece) is not { } reason)
                return;
            LogRefused(_logger, reason);
            if (_refused.Count == 0)
                _triedAt = _time.GetTimestamp();
            _refused[piece.Path] = [piece];
            return;
        }

        if (piece.IsWhole)
        {
            before.ForEach(former => former.Done.SetResult());
            before.Clear();
        }

        if (before.Count < Capacity)
            before.Add(piece);
        else
            GiveUp(piece);
    }

    private void TryAgain()
    {
        foreach (var (path, pieces) in _refused)
        {
            var written = pieces.TakeWhile(piece => TryWrite(piece) is null).Count();
            pieces.RemoveRange(0, written);
            if (pieces.Count == 0)
                _refused.Remove(path);
        }

        if (_refused.Count == 0)
            LogTaken(_logger);
        _triedAt = _time.GetTimestamp();
    }

    /// <summary>Why not; null where it is written.</summary>
    private static string? TryWrite(Piece piece)
    {
        try
        {
            piece.Write();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return exception.Message;
        }

        piece.Done.SetResult();
        return null;
    }

    private void GiveUp(Piece piece)
    {
        LogFull(_logger, Capacity);
        piece.Done.SetResult();
    }

    [LoggerMessage(40, LogLevel.Error, "The spool's disk does not take the state of a lesson or a message, and is tried again: {Reason}")]
    private static partial void LogRefused(ILogger logger, string reason);

    [LoggerMessage(41, LogLevel.Error, "{Count} changes of lessons wait for the spool's disk; one is passed over")]
    private static partial void LogFull(ILogger logger, int count);

    [LoggerMessage(43, LogLevel.Information, "The spool's disk has taken every state and message that it had refused")]
    private static partial void LogTaken(ILogger logger);

    private sealed record Piece(string Path, Action Write, bool IsWhole, TaskCompletionSource Done);
}
