using Ttm.Net;
using Ttm.Recorder.Tests.Simulation;
using Ttm.Rtc.Dtls;
using Ttm.Testing;
using Ttm.Testing.Sound;

namespace Ttm.Server.Tests.Kit;

/// <summary>A participant over real HTTP and UDP: a teacher who speaks, or a student who hears.</summary>
internal sealed class Speaker : IDisposable
{
    private readonly DtlsCertificate _certificate = DtlsCertificate.Create(TimeProvider.System.GetUtcNow());
    private readonly UdpRtcClient _client;
    private readonly MediaClock _clock;
    private readonly List<byte[]> _speech;
    private int _said;

    private Speaker(TestServer server, bool publishes)
    {
        _clock = server.Get<MediaClock>();
        _client = new UdpRtcClient(publishes, _certificate, new SeededRandomness(publishes ? 7UL : 8UL), _clock) { Received = (in Ttm.Rtc.Rtp.RtpPacket packet, Ttm.Rtc.Instant _) => Heard += packet.Payload.Length > 20 ? 1 : 0 };
        var sound = QuarterSecondSignal.Generate(0, 40);
        using var encoder = new OpusEncoder(complexity: 3);
        _speech = publishes ? [.. Enumerable.Range(0, 500).Select(frame => encoder.Encode(sound.Samples.AsSpan(frame * 960, 960)))] : [];
    }

    /// <summary>Packets of speech that came.</summary>
    public int Heard { get; private set; }

    public static Task<Speaker> TeachAsync(TestServer server, string lesson, string? token = null) =>
        ConnectAsync(server, $"/whip/{lesson}", token ?? server.Teacher(lesson), publishes: true);

    public static Task<Speaker> ListenAsync(TestServer server, string lesson) => ConnectAsync(server, $"/whep/{lesson}", server.Student(lesson), publishes: false);

    /// <summary>Speaks in real time; whoever listens is pumped along.</summary>
    public void Speak(TimeSpan duration, Speaker? listener = null)
    {
        var next = _clock.Now;
        for (var end = next + duration; next < end; next += TimeSpan.FromMilliseconds(20))
        {
            _client.SendPacket(_speech[_said++ % _speech.Count]);
            do
            {
                _client.Pump(TimeSpan.FromMilliseconds(2));
                listener?._client.Pump(TimeSpan.Zero);
            }
            while (_clock.Now < next + TimeSpan.FromMilliseconds(20));
        }
    }

    public void Dispose()
    {
        _client.Dispose();
        _certificate.Dispose();
    }

    private static async Task<Speaker> ConnectAsync(TestServer server, string path, string token, bool publishes)
    {
        var speaker = new Speaker(server, publishes);
        var response = await server.SendAsync("POST", path, token, speaker._client.Rtc.Offer, "application/sdp").ShouldBeAsync(201);
        speaker._client.ApplyAnswer(await response.Content.ReadAsStringAsync());
        for (var round = 0; !speaker._client.IsConnected && round < 500; round++)
            speaker._client.Pump(TimeSpan.FromMilliseconds(10));
        speaker._client.IsConnected.ShouldBeTrue();
        return speaker;
    }
}
