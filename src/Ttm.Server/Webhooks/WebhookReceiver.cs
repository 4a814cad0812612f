using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;

namespace Ttm.Server.Webhooks;

/// <summary>
/// Delivers to one URL. Events of one lesson go one after another, each when the one before has been taken; lessons do not wait for one another.
/// What is not answered by 2xx is tried again, ever more slowly, for <see cref="Patience"/>.
/// </summary>
internal sealed class WebhookReceiver : IDisposable
{
    /// <summary>An event that nobody has taken for so long is given up.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromDays(5);

    /// <summary>Events that may not touch the disk and wait; beyond that they are lost.</summary>
    public const int InMemory = 10_000;

    private const int ParallelPosts = 8;
    private const int LongestDoubling = 6;
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Queue<OutboxEntry>> _lanes = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _posts = new(ParallelPosts, ParallelPosts);
    private readonly WebhookContext _context;
    private readonly Uri _url;
    private readonly Acknowledgements? _acknowledged;
    private TaskCompletionSource? _idle;
    private string? _trouble;
    private long _failures;
    private int _inMemory;

    /// <param name="acknowledged">Null where nothing touches the disk.</param>
    public WebhookReceiver(Uri url, Acknowledgements? acknowledged, WebhookContext context)
    {
        (_url, _acknowledged, _context) = (url, acknowledged, context);
        Name = url.GetLeftPart(UriPartial.Path);
    }

    /// <summary>Without the query, which may hold a secret.</summary>
    public string Name { get; }

    public Acknowledgements? Acknowledged => _acknowledged;

    /// <summary>Why the last attempt failed, or null after one that did not.</summary>
    public string? Trouble => Volatile.Read(ref _trouble);

    /// <summary>Attempts that were not taken.</summary>
    public long Failures => Volatile.Read(ref _failures);

    public int Waiting
    {
        get
        {
            lock (_gate)
                return _lanes.Values.Sum(lane => lane.Count);
        }
    }

    public void Enqueue(OutboxEntry entry)
    {
        lock (_gate)
        {
            if (entry.Body is null && _acknowledged?.Contains(entry.Sequence) == true)
                return;
            if (entry.Body is not null && ++_inMemory > InMemory)
            {
                _inMemory--;
                Log.MemoryFull(_context.Logger, InMemory, Name);
                return;
            }

            if (_lanes.TryGetValue(entry.Lesson, out var lane))
            {
                lane.Enqueue(entry);
                return;
            }

            lane = new([entry]);
            _lanes.Add(entry.Lesson, lane);
            _ = Task.Run(() => RunAsync(entry.Lesson, lane));
        }
    }

    /// <summary>Ends when nothing waits.</summary>
    public Task WhenIdle()
    {
        lock (_gate)
        {
            if (_lanes.Count == 0)
                return Task.CompletedTask;
            return (_idle ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    public void Dispose()
    {
        _acknowledged?.Dispose();
        _posts.Dispose();
    }

    private async Task RunAsync(string lesson, Queue<OutboxEntry> lane)
    {
        try
        {
            while (Next(lesson, lane) is { } entry)
            {
                await DeliverAsync(entry);
                if (entry.Body is null)
                    Acknowledge(entry);
                lock (_gate)
                {
                    lane.Dequeue();
                    _inMemory -= entry.Body is null ? 0 : 1;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The server stops; the outbox keeps the rest.
        }
    }

    private OutboxEntry? Next(string lesson, Queue<OutboxEntry> lane)
    {
        lock (_gate)
        {
            if (lane.TryPeek(out var entry))
                return entry;
            _lanes.Remove(lesson);
            if (_lanes.Count == 0)
                _idle?.TrySetResult();
            return null;
        }
    }

    private async Task DeliverAsync(OutboxEntry entry)
    {
        for (var attempt = 0; ; attempt++)
        {
            var (reason, retryAfter) = await AttemptAsync(entry);
            Volatile.Write(ref _trouble, reason);
            if (reason is null)
                return;
            Interlocked.Increment(ref _failures);
            if (_context.Clock.GetUtcNow() - entry.At > Patience)
            {
                Log.GivenUp(_context.Logger, entry.Id, entry.Lesson, Name, reason);
                return;
            }

            if (attempt == 0)
                Log.NotTaken(_context.Logger, entry.Id, entry.Lesson, Name, reason);
            var pause = Pause(attempt);
            await Task.Delay(retryAfter > pause ? retryAfter : pause, _context.Clock, _context.Stop);
        }
    }

    /// <summary>Why it was not taken; null where it was, or where it is not to be had any more.</summary>
    private async Task<(string? Reason, TimeSpan RetryAfter)> AttemptAsync(OutboxEntry entry)
    {
        try
        {
            return _context.Outbox.Read(entry) is { } body ? await PostAsync(entry, body) : (null, default);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return ($"the outbox cannot be read: {exception.Message}", default);
        }
    }

    /// <summary>A second, two, four … a minute and four seconds, each shortened by chance by up to a half.</summary>
    private TimeSpan Pause(int attempt)
    {
        Span<byte> chance = stackalloc byte[2];
        _context.Randomness.Fill(chance);
        var share = 0.5 + (BitConverter.ToUInt16(chance) / 2.0 / ushort.MaxValue);
        return FirstPause * Math.Pow(2, Math.Min(attempt, LongestDoubling)) * share;
    }

    /// <summary>Why it was not taken, or null where it was.</summary>
    private async Task<(string? Reason, TimeSpan RetryAfter)> PostAsync(OutboxEntry entry, byte[] body)
    {
        await _posts.WaitAsync(_context.Stop);
        using var activity = WebhookTelemetry.StartPost(entry, Name);
        try
        {
            var timestamp = _context.Clock.GetUtcNow().ToUnixTimeSeconds();
            using var request = new HttpRequestMessage(HttpMethod.Post, _url) { Content = new ByteArrayContent(body) };
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            request.Headers.TryAddWithoutValidation("webhook-id", entry.Id);
            request.Headers.TryAddWithoutValidation("webhook-timestamp", timestamp.ToString(CultureInfo.InvariantCulture));
            request.Headers.TryAddWithoutValidation("webhook-signature", WebhookSignature.Create(_context.Key, entry.Id, timestamp, body));
            request.Headers.TryAddWithoutValidation("User-Agent", "ttm-server");
            using var response = await _context.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, _context.Stop);
            activity?.SetTag("http.response.status_code", (int)response.StatusCode);
            return response.IsSuccessStatusCode ? (null, default) : ($"it answers {(int)response.StatusCode}", RetryAfter(response));
        }
        catch (HttpRequestException exception)
        {
            activity?.SetStatus(ActivityStatusCode.Error, exception.Message);
            return (exception.Message, default);
        }
        catch (OperationCanceledException) when (!_context.Stop.IsCancellationRequested)
        {
            activity?.SetStatus(ActivityStatusCode.Error, "it does not answer in time");
            return ("it does not answer in time", default);
        }
        finally
        {
            _posts.Release();
        }
    }

    private static TimeSpan RetryAfter(HttpResponseMessage response) =>
        response.Headers.RetryAfter?.Delta is { } delta && delta < TimeSpan.FromHours(1) ? delta : default;

    private void Acknowledge(OutboxEntry entry)
    {
        try
        {
            _acknowledged?.Add(entry.Sequence);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Log.NotNoted(_context.Logger, exception.Message);
        }
    }
}
