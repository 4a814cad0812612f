using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Ttm.Net;
using Ttm.Rtc.Dtls;
using Ttm.Server.Auth;
using Ttm.Server.Tests.Crash;
using Ttm.Server.Tests.Kit;
using Ttm.Server.Tests.Webhooks;
using Ttm.Server.Webhooks;
using Ttm.Testing;

namespace Ttm.Server.Tests.Operations;

/// <summary>A lesson on a real server process, and everything that an operator saw of it.</summary>
public sealed partial class ObservedLesson : IAsyncLifetime
{
    public const string Lesson = "algebra-7";
    private const string HookSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private static readonly TokenMinter Tokens = new(ServerUnderTest.ApiKey, ServerUnderTest.Secret, TimeProvider.System);

    private readonly string _directory = Directory.CreateTempSubdirectory("ttm-observed-").FullName;
    private readonly MediaClock _clock = new(TimeProvider.System);

    /// <summary>/metrics at the end of the lesson.</summary>
    public string Metrics { get; private set; } = "";

    public string Traces { get; private set; } = "";

    public string ExportedMetrics { get; private set; } = "";

    public string Log { get; private set; } = "";

    public JsonElement Node { get; private set; }

    public JsonElement Flight { get; private set; }

    public async Task InitializeAsync()
    {
        await using var hooks = new HookReceiver(WebhookOptions.KeyOf(HookSecret));
        await using var collector = new OtlpReceiver();
        await hooks.StartAsync();
        await collector.StartAsync();
        using var server = new ServerUnderTest(_directory, $"--Webhooks:Urls={hooks.Url}", $"--Webhooks:Secret={HookSecret}");
        server.Environment["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Url;
        server.Environment["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf";
        await server.StartAsync();
        await TeachAsync(server);
        await hooks.WaitAsync(3);
        (await server.StopAsync()).ShouldBe(0, server.Output);
        (Traces, ExportedMetrics, Log) = (collector.Traces, collector.Metrics, server.Output);
    }

    public Task DisposeAsync()
    {
        Directory.Delete(_directory, recursive: true);
        return Task.CompletedTask;
    }

    private async Task TeachAsync(ServerUnderTest server)
    {
        using var certificate = DtlsCertificate.Create(TimeProvider.System.GetUtcNow());
        var chance = new SeededRandomness(5);
        using var teacher = new Participant(true, Lesson, Tokens.Teacher(Lesson, "t-1", Hour), server, certificate, chance, _clock);
        using var student = new Participant(false, Lesson, Tokens.Student(Lesson, "s-1", Hour), server, certificate, chance, _clock);
        var token = Tokens.Teacher(Lesson, "t-1", Hour);
        var service = Tokens.Service("app", Hour);
        await UntilAsync(() => teacher.IsConnected && student.IsConnected);
        (await server.SendAsync("PUT", $"/api/v1/lessons/{Lesson}/listener", token, """{"student":"s-1"}""")).StatusCode.ShouldBe(HttpStatusCode.OK);
        await UntilAsync(() => student.Heard >= 50, () => teacher.Client!.SendPacket([0xF8, .. new byte[60]]));
        Node = await (await server.SendAsync("GET", "/api/v1/node", service)).JsonAsync();
        Flight = await (await server.SendAsync("GET", $"/api/v1/lessons/{Lesson}/flight", service)).JsonAsync();
        (await server.SendAsync("DELETE", $"/api/v1/lessons/{Lesson}/listener", token)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        Metrics = await Until.SatisfiedAsync(
            async () =>
            {
                Step();
                return await server.Client.GetStringAsync("/metrics");
            },
            StoredOne().IsMatch,
            TimeSpan.FromSeconds(30),
            _ => server.Output);

        Task UntilAsync(Func<bool> condition, Action? act = null) => Until.TrueAsync(
            () =>
            {
                Step();
                act?.Invoke();
                return condition();
            },
            message: () => server.Output,
            pause: TimeSpan.FromMilliseconds(20));

        void Step()
        {
            teacher.Step();
            student.Step();
        }
    }

    // Prometheus' text, in which each value has the scope's labels.
    [GeneratedRegex(@"^ttm_recordings_stored_total(\{[^}]*\})? 1", RegexOptions.Multiline)]
    private static partial Regex StoredOne();
}
