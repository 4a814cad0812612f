using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Ttm.Load.Api;
using Ttm.Load.Clients;
using Ttm.Load.Measurement;
using Ttm.Load.Speech;
using Ttm.Net;
using Ttm.Rtc;
using Ttm.Rtc.Dtls;

namespace Ttm.Bench;

/// <summary>
/// From the POST of a student's offer to the first audio, through a real server process on loopback, HTTP included: to its first packet of any
/// kind, and to the first of the teacher, for a student who was selected before it came.
/// </summary>
internal static class JoinTime
{
    private const string Lesson = "join";
    private const string Secret = "of-this-benchmark-alone-0123456789";
    private const int WarmUps = 10;
    private const int Students = 60;

    public static async Task RunAsync(string server)
    {
        string directory = Directory.CreateTempSubdirectory("ttm-bench-").FullName;
        int port = FreePort();
        using var process = Start(server, port, directory);
        try
        {
            using var api = new ServerApi(new Uri($"http://127.0.0.1:{port}"), new TokenMint("bench", Secret, TimeProvider.System));
            await WaitForAsync(api);
            await MeasureAsync(api);
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync();
            Directory.Delete(directory, recursive: true);
        }
    }

    private static async Task MeasureAsync(ServerApi api)
    {
        var clock = new MediaClock(TimeProvider.System);
        using var certificate = DtlsCertificate.Create(TimeProvider.System.GetUtcNow());
        using var clients = new ClientLoop("clients", clock, fault => Console.Error.WriteLine(fault));
        var teacher = LoadClient.Create(true, certificate, clock);
        var connected = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        teacher.Pumped = () =>
        {
            if (teacher.IsConnected)
                connected.TrySetResult();
        };
        string answer = await api.PublishAsync(Lesson, "teacher", teacher.Rtc.Offer, CancellationToken.None);
        clients.Post(() => Begin(clients, teacher, answer));
        await connected.Task;
        var talker = new Talker(teacher, SpeechLoop.Create());
        clients.Post(() => clients.Pace(talker, clock.Now));

        Histogram answers = new(), packets = new(), speech = new();
        for (int number = 0; number < WarmUps + Students; number++)
        {
            var (answered, first, heard) = await JoinAsync(api, clients, certificate, clock, $"s-{number}");
            if (number < WarmUps)
                continue;
            answers.Add(answered);
            packets.Add(first);
            speech.Add(heard);
        }

        Console.WriteLine($"| POST of the offer, {Students} students | p50 | p99 | max |");
        Console.WriteLine("| --- | ---: | ---: | ---: |");
        Line("to the answer", answers);
        Line("to the first packet", packets);
        Line("to the teacher's first packet", speech);
    }

    private static async Task<(TimeSpan Answered, TimeSpan First, TimeSpan Heard)> JoinAsync(
        ServerApi api, ClientLoop clients, DtlsCertificate certificate, MediaClock clock, string student)
    {
        await api.SelectAsync(Lesson, student, CancellationToken.None);
        using var client = LoadClient.Create(false, certificate, clock);
        var first = new TaskCompletionSource<Instant>(TaskCreationOptions.RunContinuationsAsynchronously);
        var heard = new TaskCompletionSource<Instant>(TaskCreationOptions.RunContinuationsAsynchronously);
        client.Received = (in packet, now) =>
        {
            first.TrySetResult(now);
            if (Stamp.TryRead(packet.Payload, out _))
                heard.TrySetResult(now);
        };
        var asked = clock.Now;
        string answer = await api.PlayAsync(Lesson, student, client.Rtc.Offer, CancellationToken.None);
        var answered = clock.Now;
        clients.Post(() => Begin(clients, client, answer));
        var heardAt = await heard.Task.WaitAsync(TimeSpan.FromSeconds(10));
        await clients.InvokeAsync(() =>
        {
            clients.Remove(client);
            return true;
        });
        return (answered - asked, await first.Task - asked, heardAt - asked);
    }

    private static void Begin(ClientLoop clients, LoadClient client, string answer)
    {
        client.ApplyAnswer(answer);
        clients.Add(client);
    }

    private static void Line(string name, Histogram times) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"| {name} | {times.Quantile(0.5).TotalMilliseconds:F1} ms | {times.Quantile(0.99).TotalMilliseconds:F1} ms | {times.Max.TotalMilliseconds:F1} ms |"));

    private static Process Start(string server, int port, string directory)
    {
        var start = new ProcessStartInfo(Path.GetFullPath(server), [$"--Http:Urls=http://127.0.0.1:{port}", "--Media:Port=0", "--Logging:LogLevel:Default=Warning"])
        {
            WorkingDirectory = directory,
        };
        start.Environment["Auth__Keys__bench"] = Secret;
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Production";
        return Process.Start(start)!;
    }

    private static async Task WaitForAsync(ServerApi api)
    {
        for (int turn = 0; ; turn++)
        {
            try
            {
                await api.ReadMetricsAsync(CancellationToken.None);
                return;
            }
            catch (HttpRequestException) when (turn < 100)
            {
                await Task.Delay(100);
            }
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private sealed class Talker(LoadClient teacher, SpeechLoop speech) : IPaced
    {
        private readonly byte[] _packet = new byte[256];
        private int _number;

        public int TimerIndex { get; set; } = -1;

        public Instant TimerDue { get; set; }

        public void Send(Instant now)
        {
            int length = new Stamp(0, _number, 0, now).Write(speech.GetPacket(_number++), _packet);
            teacher.SendPacket(_packet.AsSpan(0, length));
        }
    }
}
