using Ttm.Load.Clients;
using Ttm.Load.Measurement;
using Ttm.Net;
using Ttm.Rtc;
using Ttm.Rtc.Dtls;

namespace Ttm.Load.Scenario;

/// <summary>
/// Brings clients in at a given rate, on a loop of their own, so that handshakes do not disturb what the media loop measures; then hands them to
/// that.
/// </summary>
internal sealed class Joining : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly DtlsCertificate _certificate = DtlsCertificate.Create(TimeProvider.System.GetUtcNow());
    private readonly ClientLoop _loop;
    private readonly ClientLoop _media;
    private readonly MediaClock _clock;
    private readonly TimeSpan _spacing;
    private readonly Lock _lock = new();
    private Instant _nextSlot;

    public Joining(ClientLoop media, MediaClock clock, double joinsPerSecond, Action<Exception> onFault)
    {
        _media = media;
        _clock = clock;
        _spacing = TimeSpan.FromSeconds(1 / joinsPerSecond);
        _loop = new ClientLoop("join loop", clock, onFault);
    }

    /// <summary>Where joins are counted that end now.</summary>
    public JoinTally Tally { get; private set; } = new();

    /// <summary>Joins and goes to the media loop. Null where that failed; the tally tells why.</summary>
    /// <param name="post">Sends the offer and gives the answer.</param>
    public async Task<LoadClient?> JoinAsync(bool publishes, Func<string, Task<string>> post, CancellationToken cancellationToken)
    {
        await WaitForSlotAsync(cancellationToken);
        var client = LoadClient.Create(publishes, _certificate, _clock);
        try
        {
            var asked = _clock.Now;
            string answer = await post(client.Rtc.Offer);
            var joined = await ConnectAsync(client, publishes, answer).WaitAsync(Patience, cancellationToken);
            await _loop.InvokeAsync(() => Leave(client));
            Tally.Joined(publishes, joined - asked);
            return client;
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            if (!cancellationToken.IsCancellationRequested)
                Tally.Failed(exception is TimeoutException ? "no media within 30 s of the POST" : exception.Message);
            _loop.Post(() =>
            {
                Leave(client);
                client.Dispose();
            });
            return null;
        }
    }

    /// <summary>Counts joins apart from now on. Returns the tally of those before.</summary>
    public JoinTally CountApart(JoinTally tally)
    {
        var before = Tally;
        Tally = tally;
        return before;
    }

    /// <summary>Gives the client, with its handler, to the media loop.</summary>
    public Task<bool> HandOverAsync(LoadClient client, RtcSocketClient.RtpHandler? received)
    {
        client.Received = received;
        return _media.InvokeAsync(() =>
        {
            _media.Add(client);
            return true;
        });
    }

    public void Dispose()
    {
        _loop.Dispose();
        _certificate.Dispose();
    }

    private async Task WaitForSlotAsync(CancellationToken cancellationToken)
    {
        TimeSpan wait;
        lock (_lock)
        {
            var now = _clock.Now;
            var slot = _nextSlot > now ? _nextSlot : now;
            _nextSlot = slot + _spacing;
            wait = slot - now;
        }

        if (wait > TimeSpan.Zero)
            await Task.Delay(wait, cancellationToken);
    }

    /// <summary>Ends when a teacher may send, or when a student has heard something: then the server's keys have proven good as well.</summary>
    private Task<Instant> ConnectAsync(LoadClient client, bool publishes, string answer)
    {
        var joined = new TaskCompletionSource<Instant>(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!publishes)
            client.Received = (in _, now) => joined.TrySetResult(now);
        client.Pumped = () =>
        {
            if (publishes && client.IsConnected)
                joined.TrySetResult(_clock.Now);
            else if (client.IsClosed)
                joined.TrySetException(new InvalidOperationException($"the connection was closed: {client.Rtc.Session!.CloseReason}"));
        };
        _loop.Post(() =>
        {
            try
            {
                client.ApplyAnswer(answer);
                _loop.Add(client);
            }
            catch (InvalidOperationException exception)
            {
                joined.TrySetException(exception);
            }
        });
        return joined.Task;
    }

    private bool Leave(LoadClient client)
    {
        client.Pumped = null;
        client.Received = null;
        _loop.Remove(client);
        return true;
    }
}
