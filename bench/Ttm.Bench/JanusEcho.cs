using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ttm.Load.Clients;
using Ttm.Load.Measurement;
using Ttm.Load.Speech;
using Ttm.Net;
using Ttm.Rtc;
using Ttm.Rtc.Dtls;

namespace Ttm.Bench;

/// <summary>
/// A peer at the same work: Janus with its echo test, which receives, decrypts, rewrites, encrypts and sends each packet as a relay does. The clients are
/// those of the load tool; a "lesson" is a client that speaks and hears itself. CPU is that of Janus' whole process.
/// </summary>
internal sealed class JanusEcho : IDisposable
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(8);

    private readonly MediaClock _clock = new(TimeProvider.System);
    private readonly HttpClient _http;
    private readonly DtlsCertificate _certificate = DtlsCertificate.Create(TimeProvider.System.GetUtcNow());
    private readonly ClientLoop _clients;
    private readonly List<Voice> _voices = [];
    private Histogram _delay = new();
    private long _sent;

    private JanusEcho(Uri url)
    {
        _http = new HttpClient { BaseAddress = url };
        _clients = new ClientLoop("clients", _clock, fault => Console.Error.WriteLine(fault));
    }

    /// <param name="url">Of Janus' HTTP transport, such as http://127.0.0.1:8088.</param>
    /// <param name="pid">Of its process.</param>
    public static async Task RunAsync(Uri url, int pid, int[] counts)
    {
        Console.WriteLine("| lessons, echoed by Janus | CPU per lesson | lost | delay p50 / p99 / max |");
        Console.WriteLine("| ---: | ---: | ---: | ---: |");
        using var echo = new JanusEcho(url);
        string session = $"janus/{await echo.CreateAsync("janus", new JsonObject { ["janus"] = "create" })}";
        foreach (int count in counts)
        {
            while (echo._voices.Count < count)
                await echo.JoinAsync(session);
            await echo.MeasureAsync(pid);
        }
    }

    public void Dispose()
    {
        _clients.Dispose();
        _voices.ForEach(voice => voice.Client.Dispose());
        _certificate.Dispose();
        _http.Dispose();
    }

    private async Task MeasureAsync(int pid)
    {
        var gauge = new ProcessGauge(pid);
        await Task.Delay(TimeSpan.FromSeconds(1));
        await _clients.InvokeAsync(() =>
        {
            _delay = new Histogram();
            return _sent = 0;
        });
        var before = await gauge.SampleAsync(CancellationToken.None);
        await Task.Delay(Window);
        var after = await gauge.SampleAsync(CancellationToken.None);
        var (delay, sent) = await _clients.InvokeAsync(() => (_delay, _sent));
        double cpu = (after!.Cpu - before!.Cpu) / Window / _voices.Count * 100;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {_voices.Count} | {cpu:F3} % | {Math.Max(0, sent - delay.Count - _voices.Count)} | {delay.Quantile(0.5).TotalMilliseconds:F3} / {delay.Quantile(0.99).TotalMilliseconds:F3} / {delay.Max.TotalMilliseconds:F3} ms |"));
    }

    private async Task JoinAsync(string session)
    {
        long handle = await CreateAsync(session, new JsonObject { ["janus"] = "attach", ["plugin"] = "janus.plugin.echotest" });
        var client = LoadClient.Create(true, _certificate, _clock);

        // The client wants to hear, too, and must be the DTLS client, which Janus would otherwise be.
        string offer = client.Rtc.Offer
            .Replace("a=sendonly", "a=sendrecv", StringComparison.Ordinal)
            .Replace("a=setup:actpass", "a=setup:active", StringComparison.Ordinal);
        await PostAsync($"{session}/{handle}", new JsonObject
        {
            ["janus"] = "message",
            ["body"] = new JsonObject { ["audio"] = true },
            ["jsep"] = new JsonObject { ["type"] = "offer", ["sdp"] = offer },
        });
        string answer = await WaitForAnswerAsync(session, handle);
        var connected = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        client.Pumped = () =>
        {
            if (client.IsConnected)
                connected.TrySetResult();
        };
        client.Received = (in packet, now) =>
        {
            if (Stamp.TryRead(packet.Payload, out var stamp))
                _delay.Add(now - stamp.SentAt);
        };
        _clients.Post(() =>
        {
            client.ApplyAnswer(answer);
            _clients.Add(client);
        });
        await connected.Task.WaitAsync(TimeSpan.FromSeconds(10));
        var voice = new Voice(this, client);
        _voices.Add(voice);
        _clients.Post(() => _clients.Pace(voice, _clock.Now + (ClientLoop.PacketInterval * (_voices.Count * 0.618 % 1))));
    }

    private async Task<string> WaitForAnswerAsync(string session, long handle)
    {
        while (true)
        {
            var said = await _http.GetFromJsonAsync<JsonElement>(new Uri(session, UriKind.Relative));
            if (said.TryGetProperty("jsep", out var jsep) && said.GetProperty("sender").GetInt64() == handle)
                return jsep.GetProperty("sdp").GetString()!;
        }
    }

    private async Task<long> CreateAsync(string path, JsonObject request) => (await PostAsync(path, request)).GetProperty("data").GetProperty("id").GetInt64();

    private async Task<JsonElement> PostAsync(string path, JsonObject request)
    {
        request["transaction"] = "bench";
        using var response = await _http.PostAsJsonAsync(new Uri(path, UriKind.Relative), request);
        return await response.Content.ReadFromJsonAsync<JsonElement>();
    }

    private sealed class Voice(JanusEcho echo, LoadClient client) : IPaced
    {
        private static readonly byte[] Frame = [0x78, .. Enumerable.Range(0, 79).Select(index => (byte)index)];

        private readonly byte[] _packet = new byte[128];
        private int _number;

        public LoadClient Client => client;

        public int TimerIndex { get; set; } = -1;

        public Instant TimerDue { get; set; }

        public void Send(Instant now)
        {
            int length = new Stamp(0, _number++, 0, now).Write(Frame, _packet);
            echo._sent++;
            client.SendPacket(_packet.AsSpan(0, length));
        }
    }
}
