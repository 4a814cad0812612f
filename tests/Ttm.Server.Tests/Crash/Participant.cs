using Ttm.Net;
using Ttm.Rtc;
using Ttm.Rtc.Dtls;
using Ttm.Testing;

namespace Ttm.Server.Tests.Crash;

/// <summary>A teacher's or student's page: connects, and connects again when the server is another process.</summary>
internal sealed class Participant(bool publishes, string lesson, string token, ServerUnderTest server, DtlsCertificate certificate, IRandomness randomness, MediaClock clock) : IDisposable
{
    private Task<string?>? _connecting;
    private Instant _retryAt;
    private int _generation = -1;

    public UdpRtcClient? Client { get; private set; }

    /// <summary>Counts connections that came up.</summary>
    public int Connections { get; private set; }

    public bool IsConnected { get; private set; }

    /// <summary>When the connection that is up came up.</summary>
    public Instant ConnectedAt { get; private set; }

    /// <summary>Speech packets of the connection that is up.</summary>
    public int Heard { get; private set; }

    public void Step()
    {
        var now = clock.Now;
        if (_generation != server.Generation && _connecting is null && now >= _retryAt)
            Connect();
        if (_connecting is { IsCompleted: true } connecting)
        {
            _connecting = null;
            if (connecting is { IsCompletedSuccessfully: true, Result: { } answer })
                Client!.ApplyAnswer(answer);
            else
                (_generation, _retryAt) = (-1, now + TimeSpan.FromMilliseconds(100));
        }

        Client?.Pump(TimeSpan.Zero);
        if (Client is { IsConnected: true } && !IsConnected)
            (IsConnected, ConnectedAt, Connections) = (true, now, Connections + 1);
    }

    /// <summary>The server is gone; a page finds out by itself a little later.</summary>
    public void Lose()
    {
        Client?.Dispose();
        (Client, _connecting, IsConnected, _generation) = (null, null, false, server.Generation);
    }

    public void Dispose() => Client?.Dispose();

    private void Connect()
    {
        Client?.Dispose();
        (IsConnected, Heard, _generation) = (false, 0, server.Generation);
        Client = new UdpRtcClient(publishes, certificate, randomness, clock)
        {
            Received = (in Ttm.Rtc.Rtp.RtpPacket packet, Instant _) => Heard += packet.Payload.Length > 20 ? 1 : 0,
        };
        _connecting = PostAsync(Client.Rtc.Offer);
    }

    private async Task<string?> PostAsync(string offer)
    {
        try
        {
            using var response = await server.SendAsync("POST", $"/{(publishes ? "whip" : "whep")}/{lesson}", token, offer, "application/sdp");
            return response.IsSuccessStatusCode ? await response.Content.ReadAsStringAsync() : null;
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }
}
