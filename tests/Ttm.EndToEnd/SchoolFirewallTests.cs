using Ttm.EndToEnd.Kit;
using Ttm.EndToEnd.Kit.School;
using Ttm.EndToEnd.Pages;
using static Microsoft.Playwright.Assertions;

namespace Ttm.EndToEnd;

/// <summary>Lessons through a school's firewall that lets out little: teacher and student both sit behind it.</summary>
[Collection(BrowserTests.Name)]
public sealed class SchoolFirewallTests(SchoolFixture school) : IClassFixture<SchoolFixture>, IAsyncLifetime
{
    private const string Https = "tcp dport 443";
    private const string Media = "udp dport 3478";

    private const string IceTcpAlone = """
        window.RTCPeerConnection = class extends RTCPeerConnection {
          setConfiguration() {}
        };
        """;

    private const string TurnTlsAlone = """
        window.RTCPeerConnection = class extends RTCPeerConnection {
          constructor(configuration) {
            super({ ...configuration, iceTransportPolicy: 'relay' });
          }
        };
        """;

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => school.Browser?.ClosePagesAsync() ?? Task.CompletedTask;

    [NamespaceFact]
    public async Task Lesson_WithTcp443Alone_IsHeardWholeByThePages()
    {
        await AllowAsync(Https);
        using var api = new LessonApi(school.Server, "tcp-443");
        var (teacher, ana) = await BeginAsync("tcp-443");

        await ana.Page.HearsAsync(16);
        await Expect(ana.Page.Locator("#way")).ToHaveAttributeAsync("data-way", new System.Text.RegularExpressions.Regex("^(tcp|relay\\.tls)$"));
        await Expect(teacher.Page.Locator("#way")).ToHaveAttributeAsync("data-way", new System.Text.RegularExpressions.Regex("^(tcp|relay\\.tls)$"));

        // What was said last is on its way, through TCP and a jitter buffer: the lesson ends when it has been heard.
        await api.DeselectAsync();
        await ana.ShowsWaitingAsync();
        await ana.Page.FallsSilentAsync();
        await teacher.EndLessonAsync();

        var recordings = await RecordedLesson.ReadAsync(api, 1);
        RecordedLesson.ShouldBeConsistent(recordings[0]);

        // A starved browser's fake microphone leaves sound out. What it sends must arrive, each packet of it.
        recordings[0].Recording.Quality.PacketsLost.ShouldBe(0);
        recordings[0].Quarters.Count.ShouldBeGreaterThan(12, recordings[0].ToString());
        await Heard.ShouldBeWhatWasSaidAsync(ana.Page, recordings);
        school.Network.RefusedUdp().ShouldBeGreaterThan(0, "browsers try UDP first");
        teacher.Errors.ShouldBeEmpty();
        ana.Errors.ShouldBeEmpty();
    }

    [NamespaceFact]
    public Task Lesson_ByIceTcpOn443Alone_IsHeard() => IsHeardAsync("ice-tcp", IceTcpAlone, "tcp");

    [NamespaceFact]
    public Task Lesson_ByTurnTlsOn443Alone_IsHeard() => IsHeardAsync("turn-tls", TurnTlsAlone, "relay.tls");

    [NamespaceFact]
    public async Task Lesson_WithUdp3478AndTcp443_IsHeardDirectly()
    {
        await AllowAsync(Https, Media);
        var (teacher, ana) = await BeginAsync("both");

        await ana.Page.HearsAsync(6);
        await Expect(ana.Page.Locator("#way")).ToHaveTextAsync("Connected directly, by UDP");
        await Expect(teacher.Page.Locator("#way")).ToHaveTextAsync("Connected directly, by UDP");
    }

    [NamespaceFact]
    public async Task NetworkPage_WithTcp443Alone_SaysWhatWorksAndWhatToAskFor()
    {
        await AllowAsync(Https);
        var (found, report) = await TestAsync();

        report.ShouldMatch("(?m)^  UDP  media.example.test  3478  ");
        report.ShouldMatch("(?m)^  TCP  media.example.test  443   ");
        report.ShouldContain("203.0.113.2");
        report.ShouldContain("Lessons work, but not as well as they could.");
        found.ShouldBe(
        [
            "https 443 works", "events 443 works", "udp 3478 blocked", "tcp 443 works", "tcp 3478 blocked",
            "turnUdp 3478 blocked", "turnTcp 3478 blocked", "turnTls 443 works",
        ]);
    }

    [NamespaceFact]
    public async Task NetworkPage_WithUdp3478AndTcp443_IsContent()
    {
        await AllowAsync(Https, Media);
        var (found, report) = await TestAsync();

        report.ShouldContain("Lessons work well from this network.");
        found.Where(line => line.EndsWith("blocked", StringComparison.Ordinal)).ShouldBe(["tcp 3478 blocked", "turnTcp 3478 blocked"]);
    }

    private async Task AllowAsync(params string[] rules)
    {
        await school.StartedAsync();
        school.Network.Allow(rules);
    }

    private async Task IsHeardAsync(string lesson, string restriction, string way)
    {
        await AllowAsync(Https);
        var (_, ana) = await BeginAsync(lesson, restriction);
        await ana.Page.HearsAsync(8);
        await Expect(ana.Page.Locator("#way")).ToHaveAttributeAsync("data-way", way);
    }

    private async Task<(TeacherPage Teacher, StudentPage Student)> BeginAsync(string lesson, string? restriction = null)
    {
        var teacher = await TeacherPage.OpenAsync(school.Browser, school.Server, lesson);
        await teacher.GoOnAirAsync();
        var ana = await StudentPage.JoinAsync(school.Browser, school.Server, lesson, "ana", restriction);
        await ana.ShowsWaitingAsync();
        await teacher.ClickAsync("ana");
        return (teacher, ana);
    }

    /// <summary>Opens a link as an administrator gets it, and reads what the page has found.</summary>
    private async Task<(string[] Found, string Report)> TestAsync()
    {
        var link = await school.Server.CreateNetworkLinkAsync();
        var page = await school.Browser.OpenAsync(school.Server.Url);
        await page.GotoAsync(link);
        await Expect(page.Locator("#verdict")).Not.ToHaveAttributeAsync("data-state", "testing", new() { Timeout = 20_000 });
        var found = await page.Locator("#ways tr").EvaluateAllAsync<string[]>("rows => rows.map(({ dataset }) => `${dataset.way} ${dataset.port} ${dataset.state}`)");
        return (found, await page.Locator("#report").TextContentAsync() ?? "");
    }
}
