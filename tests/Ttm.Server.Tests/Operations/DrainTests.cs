using System.Diagnostics;
using System.Net;
using Ttm.Net;
using Ttm.Rtc.Dtls;
using Ttm.Server.Auth;
using Ttm.Server.Tests.Crash;
using Ttm.Server.Tests.Kit;
using Ttm.Server.Tests.Webhooks;
using Ttm.Server.Webhooks;
using Ttm.Testing;

namespace Ttm.Server.Tests.Operations;

/// <summary>SIGTERM to a real server process with a lesson in it.</summary>
public sealed class DrainTests : IDisposable
{
    private const string HookSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private static readonly TokenMinter Tokens = new(ServerUnderTest.ApiKey, ServerUnderTest.Secret, TimeProvider.System);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private readonly string _directory = Directory.CreateTempSubdirectory("ttm-drain-").FullName;
    private readonly MediaClock _clock = new(TimeProvider.System);
    private readonly DtlsCertificate _certificate = DtlsCertificate.Create(TimeProvider.System.GetUtcNow());
    private readonly List<Participant> _participants = [];
    private ulong _seed;

    [Fact]
    public async Task Term_DuringALesson_LetsItGoOnAndStopsAfterIt()
    {
        await using var hooks = new HookReceiver(WebhookOptions.KeyOf(HookSecret));
        await hooks.StartAsync();
        using var server = await StartAsync("00:05:00", $"--Webhooks:Urls={hooks.Url}", $"--Webhooks:Secret={HookSecret}");
        var teacher = Join(server, "running", isTeacher: true, "t");
        var student = Join(server, "running", isTeacher: false, "s");
        await UntilAsync(() => teacher.IsConnected && student.IsConnected, server);
        (await server.SendAsync("PUT", "/api/v1/lessons/running/listener", Tokens.Teacher("running", "t", Hour), """{"student":"s"}""")).StatusCode.ShouldBe(HttpStatusCode.OK);

        await server.TermAsync();
        await UntilAsync(() => server.Output.Contains("Draining", StringComparison.Ordinal), server);
        var ready = await server.Client.GetAsync("/readyz");
        (await ready.ShouldBeProblemAsync(503)).ShouldContain("draining");
        using var late = new UdpRtcClient(true, _certificate, new SeededRandomness(9), _clock);
        (await server.SendAsync("POST", "/whip/new", Tokens.Teacher("new", "t", Hour), late.Rtc.Offer, "application/sdp")).StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);

        // Those of the running lesson come and go as they like, and the sound goes on.
        var other = Join(server, "running", isTeacher: false, "late");
        teacher = Rejoin(server, teacher, "running", isTeacher: true, "t");
        await UntilAsync(() => teacher.IsConnected && other.IsConnected, server);
        await UntilAsync(
            () =>
            {
                teacher.Client!.SendPacket([0xF8, .. new byte[60]]);
                return student.Heard > 10;
            },
            server);

        (await server.SendAsync("DELETE", "/api/v1/lessons/running", Tokens.Service("app", Hour))).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await server.WaitForExitAsync()).ShouldBe(0, server.Output);
        server.Output.ShouldContain("Drained");
        Directory.EnumerateFiles(Path.Combine(_directory, "recordings"), "*.mp3", SearchOption.AllDirectories).ShouldNotBeEmpty();
        Directory.EnumerateFiles(Path.Combine(_directory, "spool"), "rec_*").ShouldBeEmpty();
        foreach (var type in (string[])["lesson.ended", "recording.finished", "recording.stored"])
            hooks.Types.ShouldContain(type);
    }

    [Fact]
    public async Task Term_ASecondTime_StopsAtOnce_AndTheLessonIsThereAgain()
    {
        using var server = await StartAsync("00:05:00");
        var teacher = Join(server, "running", isTeacher: true, "t");
        await UntilAsync(() => teacher.IsConnected, server);
        await server.TermAsync();
        await UntilAsync(() => server.Output.Contains("Draining", StringComparison.Ordinal), server);
        var waited = Stopwatch.StartNew();
        await server.TermAsync();
        (await server.WaitForExitAsync()).ShouldBe(0, server.Output);
        waited.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(20));

        await server.StartAsync();
        (await (await server.SendAsync("GET", "/api/v1/lessons/running", Tokens.Service("app", Hour))).JsonAsync()).GetProperty("state").GetString().ShouldBe("live");
    }

    [Fact]
    public async Task Term_WithALessonThatGoesOn_StopsAtTheTimeout()
    {
        using var server = await StartAsync("00:00:02");
        var teacher = Join(server, "running", isTeacher: true, "t");
        await UntilAsync(() => teacher.IsConnected, server);
        var waited = Stopwatch.StartNew();
        await server.TermAsync();
        var exit = server.WaitForExitAsync();
        await UntilAsync(() => exit.IsCompleted, server);
        (await exit).ShouldBe(0, server.Output);
        waited.Elapsed.ShouldBeGreaterThan(TimeSpan.FromSeconds(1.9));
    }

    [Fact]
    public async Task Term_WithNobodyThere_StopsAtOnce()
    {
        using var server = await StartAsync("00:05:00");
        (await server.SendAsync("POST", "/api/v1/lessons", Tokens.Service("app", Hour), "{}")).StatusCode.ShouldBe(HttpStatusCode.Created);
        var waited = Stopwatch.StartNew();
        await server.TermAsync();
        (await server.WaitForExitAsync()).ShouldBe(0, server.Output);
        waited.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(20));
    }

    public void Dispose()
    {
        foreach (var participant in _participants)
            participant.Dispose();
        _certificate.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private async Task<ServerUnderTest> StartAsync(string drainTimeout, params string[] settings)
    {
        var server = new ServerUnderTest(_directory, [$"--Server:DrainTimeout={drainTimeout}", .. settings]);
        await server.StartAsync();
        return server;
    }

    private Participant Join(ServerUnderTest server, string lesson, bool isTeacher, string id)
    {
        var token = isTeacher ? Tokens.Teacher(lesson, id, Hour) : Tokens.Student(lesson, id, Hour);
        var participant = new Participant(isTeacher, lesson, token, server, _certificate, new SeededRandomness(++_seed), _clock);
        _participants.Add(participant);
        return participant;
    }

    private Participant Rejoin(ServerUnderTest server, Participant former, string lesson, bool isTeacher, string id)
    {
        _participants.Remove(former);
        former.Dispose();
        return Join(server, lesson, isTeacher, id);
    }

    private Task UntilAsync(Func<bool> condition, ServerUnderTest server) => Until.TrueAsync(
        () =>
        {
            foreach (var participant in _participants)
                participant.Step();
            return condition();
        },
        message: () => server.Output,
        pause: TimeSpan.FromMilliseconds(5));
}
