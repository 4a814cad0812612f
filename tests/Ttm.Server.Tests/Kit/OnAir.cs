using Ttm.Net;
using Ttm.Rtc;
using Ttm.Rtc.Dtls;
using Ttm.Rtc.Rtp;
using Ttm.Server.Tests.Crash;
using Ttm.Testing;

namespace Ttm.Server.Tests.Kit;

/// <summary>A teacher who speaks and students who hear, on real sockets, for as long as a test talks.</summary>
internal sealed class OnAir : IDisposable
{
    private readonly TestServer _server;
    private readonly string _lesson;
    private readonly MediaClock _clock;
    private readonly DtlsCertificate _certificate = DtlsCertificate.Create(TimeProvider.System.GetUtcNow());
    private readonly SeededRandomness _randomness = new(11);
    private readonly List<UdpRtcClient> _clients = [];
    private readonly Dictionary<string, List<TimeSpan>> _delays = [];
    private readonly SpeechLog _speech;
    private UdpRtcClient? _teacher;
    private Instant _start;

    public OnAir(TestServer server, string lesson, int bitrate = 32_000)
    {
        _server = server;
        _lesson = lesson;
        _clock = server.Get<MediaClock>();
        _speech = new SpeechLog(bitrate);
    }

    /// <summary>Packets that the teacher has sent.</summary>
    public int Sent => _speech.Frames;

    /// <summary>How long each speech packet took to a student.</summary>
    public IReadOnlyList<TimeSpan> DelaysOf(string student) => _delays[student];

    public async Task TeacherAsync()
    {
        _teacher = await ConnectAsync(true, "whip", _server.Teacher(_lesson), null);
        _start = _clock.Now;
    }

    public async Task StudentAsync(string student)
    {
        List<TimeSpan> delays = _delays[student] = [];
        await ConnectAsync(false, "whep", _server.Student(_lesson, student), (in RtpPacket packet, Instant now) =>
        {
            if (_speech.SentAt(packet.Payload) is { } sent)
                delays.Add(now - sent);
        });
    }

    public Task<HttpResponseMessage> SelectAsync(string student) =>
        _server.SendAsync("PUT", $"/api/v1/lessons/{_lesson}/listener", _server.Teacher(_lesson), $$"""{"student":"{{student}}"}""");

    /// <summary>Speaks in time until something is so; fails after too long.</summary>
    public async Task TalkUntilAsync(Func<bool> enough, TimeSpan atMost)
    {
        var from = _clock.Now;
        _start = from - (SpeechLog.Frame * _speech.Frames);
        while (!enough())
        {
            (_clock.Now - from).ShouldBeLessThan(atMost);
            while (_start + (SpeechLog.Frame * _speech.Frames) <= _clock.Now)
            {
                var payload = _speech.Next;
                _speech.Sent(_clock.Now);
                _teacher!.SendPacket(payload);
                Pump();
            }

            Pump();
            await Task.Delay(1);
        }
    }

    public Task TalkAsync(TimeSpan time)
    {
        var from = _clock.Now;
        return TalkUntilAsync(() => _clock.Now - from >= time, time + TimeSpan.FromMinutes(1));
    }

    public void Dispose()
    {
        foreach (var client in _clients)
            client.Dispose();
        _certificate.Dispose();
    }

    private void Pump()
    {
        foreach (var client in _clients)
            client.Pump(TimeSpan.Zero);
    }

    private async Task<UdpRtcClient> ConnectAsync(bool publishes, string kind, string token, UdpRtcClient.RtpHandler? received)
    {
        var client = new UdpRtcClient(publishes, _certificate, _randomness, _clock) { Received = received };
        _clients.Add(client);
        var response = await _server.SendAsync("POST", $"/{kind}/{_lesson}", token, client.Rtc.Offer, "application/sdp").ShouldBeAsync(201);
        client.ApplyAnswer(await response.Content.ReadAsStringAsync());
        await Until.TrueAsync(
            () =>
            {
                Pump();
                return client.IsConnected;
            },
            pause: TimeSpan.FromMilliseconds(1));
        return client;
    }
}
