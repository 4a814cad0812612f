using System.Diagnostics.Metrics;
using System.Threading.Channels;
using Ttm.Rtc;
using Ttm.Server.Configuration;
using Ttm.Server.Events;
using Ttm.Server.Operations;

namespace Ttm.Server.Webhooks;

/// <summary>
/// Events on their way to the application: noted, written to the outbox at once (within 250 ms where the disk is not overloaded), then sent. Starts
/// before whoever publishes and stops after them.
/// </summary>
internal sealed class WebhookDispatcher : IEventConsumer, IHostedService, IReadinessCheck, IAsyncDisposable
{
    /// <summary>Events that may wait for the disk.</summary>
    public const int Capacity = 100_000;

    private const int BatchSize = 1000;
    private static readonly TimeSpan DiskPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LastWord = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan AnswerTime = TimeSpan.FromSeconds(15);

    private readonly Channel<Note> _noted = Channel.CreateBounded<Note>(new BoundedChannelOptions(Capacity) { SingleReader = true });

    private readonly CancellationTokenSource _stop = new();
    private readonly WebhookOptions _options;
    private readonly ILogger _logger;
    private readonly Outbox _outbox;
    private readonly WebhookContext _context;
    private readonly Meter _meter;
    private readonly HttpClient _client;
    private IReadOnlyList<WebhookReceiver> _receivers = [];
    private Task _writing = Task.CompletedTask;
    private string? _diskTrouble;

    public WebhookDispatcher(WebhookOptions options, IRandomness randomness, TimeProvider clock, IMeterFactory meters, ILogger<WebhookDispatcher> logger)
    {
        (_options, _logger) = (options, logger);
        _outbox = new Outbox(options.Directory ?? "");
        _client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) }) { Timeout = AnswerTime };
        _meter = meters.Create(ServerMetrics.MeterName);
        _meter.CreateObservableCounter("ttm.webhook.failures", () => _receivers.Sum(receiver => receiver.Failures), description: "Attempts to deliver an event that a receiver did not take.");
        _meter.CreateObservableGauge("ttm.webhook.waiting", () => _receivers.Sum(receiver => (long)receiver.Waiting), description: "Events that wait for a receiver.");
        _context = new(_outbox, options.Key, _client, clock, randomness, logger, _stop.Token);
    }

    public void Accept(PublishedEvent published)
    {
        if (!_noted.Writer.TryWrite(new(published, null)))
            Log.EventLost(_logger, Capacity);
    }

    public Task WhenKept()
    {
        var kept = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return _noted.Writer.TryWrite(new(null, kept)) ? kept.Task : Task.CompletedTask;
    }

    public string? Problem() => null;

    public string? Warning() => _diskTrouble is { } trouble
        ? $"The outbox of the webhooks cannot be written: {trouble}"
        : _receivers.FirstOrDefault(receiver => receiver.Trouble is not null) is { } failing
            ? $"{failing.Waiting} events wait for the webhook receiver {failing.Name}: {failing.Trouble}."
            : null;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (_options.Directory is { } directory)
            Open(directory);
        else
            _receivers = [.. _options.Urls.Select(url => new WebhookReceiver(url, null, _context))];
        _writing = Task.Run(WriteAsync, CancellationToken.None);
        return Task.CompletedTask;
    }

    private void Open(string directory)
    {
        try
        {
            var left = _outbox.Open();
            _receivers = [.. _options.Urls.Select(url => new WebhookReceiver(url, new(directory, url, _outbox.LastSequence), _context))];
            ForgetOthers(directory);
            foreach (var receiver in _receivers)
            {
                foreach (var entry in left)
                    receiver.Enqueue(entry);
                if (receiver.Waiting is > 0 and var count)
                    Log.Waiting(_logger, count, receiver.Name);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StartException($"The outbox of the webhooks, {directory}, cannot be used: {exception.Message}");
        }
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        _noted.Writer.TryComplete();
        await Task.WhenAny(_writing, Task.Delay(Timeout.Infinite, cancellationToken));
        await Task.WhenAny(Task.WhenAll(_receivers.Select(receiver => receiver.WhenIdle())), Task.Delay(LastWord, cancellationToken));
        await _stop.CancelAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _noted.Writer.TryComplete();
        await _stop.CancelAsync();
        await _writing;
        _client.Dispose();
        _meter.Dispose();
        _outbox.Dispose();
        foreach (var receiver in _receivers)
            receiver.Acknowledged?.Dispose();
    }

    private async Task WriteAsync()
    {
        List<PublishedEvent> batch = [];
        List<TaskCompletionSource> waiting = [];
        while (await _noted.Reader.WaitToReadAsync())
        {
            while (batch.Count < BatchSize && _noted.Reader.TryRead(out var note))
            {
                // All of a lesson's events go the one way or the other, so they keep their order.
                if (note.Event is { } published && published.IsKept && _options.Directory is not null)
                    batch.Add(published);
                else if (note.Event is { } fleeting)
                    Enqueue(OutboxEntry.InMemory(fleeting));
                if (note.Kept is { } kept)
                    waiting.Add(kept);
            }

            if (batch.Count > 0 && !await AppendAsync(batch))
                return;
            foreach (var kept in waiting)
                kept.SetResult();
            batch.Clear();
            waiting.Clear();
        }
    }

    /// <summary>False where the server stops before the disk takes it.</summary>
    private async Task<bool> AppendAsync(List<PublishedEvent> batch)
    {
        while (true)
        {
            try
            {
                var entries = _outbox.Append(batch);
                _diskTrouble = null;
                foreach (var entry in entries)
                    Enqueue(entry);
                Tidy();
                return true;
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                if (_diskTrouble is null)
                    Log.OutboxRefused(_logger, exception.Message);
                _diskTrouble = exception.Message;
            }

            try
            {
                await Task.Delay(DiskPause, _context.Clock, _stop.Token);
            }
            catch (OperationCanceledException)
            {
                return false;
            }
        }
    }

    private void Enqueue(OutboxEntry entry)
    {
        foreach (var receiver in _receivers)
            receiver.Enqueue(entry);
    }

    /// <summary>What the disk refuses here is left for the next time: the events are kept.</summary>
    private void Tidy()
    {
        try
        {
            var everybodyHas = _receivers.Min(receiver => receiver.Acknowledged!.All);
            var forgotten = _outbox.Forget(everybodyHas);
            if (forgotten <= everybodyHas)
                return;
            Log.OutboxFull(_logger, forgotten);
            foreach (var receiver in _receivers)
                receiver.Acknowledged!.SkipTo(forgotten);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Log.NotTidied(_logger, exception.Message);
        }
    }

    /// <summary>What receivers that are configured no more have got is of no interest.</summary>
    private void ForgetOthers(string directory)
    {
        var known = _options.Urls.Select(Acknowledgements.FileName).ToHashSet(StringComparer.Ordinal);
        foreach (var path in Directory.EnumerateFiles(directory, "receiver-*").Where(path => !known.Contains(Path.GetFileName(path))))
            File.Delete(path);
    }

    /// <summary>An event, or somebody who wants to know when those before are on disk.</summary>
    private readonly record struct Note(PublishedEvent? Event, TaskCompletionSource? Kept);
}
