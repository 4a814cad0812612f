using System.Diagnostics;
using Ttm.EndToEnd.Kit;
using Ttm.EndToEnd.Pages;
using Xunit.Abstractions;
using static Microsoft.Playwright.Assertions;

namespace Ttm.EndToEnd;

/// <summary>The network fails in each way that it can: the pages say so soon, and mend it without a tap.</summary>
public sealed class PagesOnBadNetworksTests(Browser browser, ITestOutputHelper output) : BrowserTest(browser)
{
    private const string Lesson = "algebra-3";

    // The pages take less than three seconds, as the output shows; a machine that runs much beside gives them their turn later.
    private const float Soon = 20_000;

    [Fact]
    public async Task StudentPage_AnAnswerThatIsOlderThanASwitch_DoesNotUndoIt()
    {
        // Holds what the server says of the lesson, once it is told to.
        const string Hold = """
            const real = fetch;
            window.fetch = async (url, options) => {
              const response = await real(url, options);
              if (window.holding && String(url).endsWith('/lessons/algebra-3')) await (window.held = window.holding);
              return response;
            };
            """;
        await using var server = await ServerProcess.StartAsync();
        using var api = new LessonApi(server, Lesson);
        await api.CreateAsync([]);
        var teacher = await TeacherPage.OpenAsync(Browser, server, Lesson);
        var student = await StudentPage.JoinAsync(Browser, server, Lesson, "ana", Hold);
        await teacher.ShowsStudentAsync("ana", "connected");
        await student.Page.EvaluateAsync("() => { window.holding = new Promise((resolve) => (window.release = resolve)); }");
        await teacher.GoOnAirAsync();
        await student.Page.WaitForFunctionAsync("() => Boolean(window.held)");
        await teacher.ClickAsync("ana");
        await student.ShowsTalkingAsync();

        await student.Page.EvaluateAsync("() => { window.holding = null; window.release(); return new Promise((resolve) => setTimeout(resolve, 500)); }");
        await student.ShowsTalkingAsync();
        await student.Page.HearsAsync(4);
    }

    [Fact]
    public async Task Pages_LossACutAndAnotherPath_AreToldSoonAndMended()
    {
        var port = FreePorts.Take();
        await using var server = await ServerProcess.StartAsync(settings: new Dictionary<string, string>
        {
            ["Media:Port"] = $"{port}",
            ["Media:PublicAddresses"] = $"{UdpProxy.OwnAddress}",
        });
        using var api = new LessonApi(server, Lesson);
        await api.CreateAsync([]);
        using var uplink = new UdpProxy(port);
        using var downlink = new UdpProxy(port);
        var teacher = await TeacherPage.OpenAsync(Browser, server, Lesson, script: uplink.Script);
        await teacher.GoOnAirAsync();
        var student = await StudentPage.JoinAsync(Browser, server, Lesson, "ana", downlink.Script);
        await teacher.ShowsStudentAsync("ana", "connected");
        await teacher.ClickAsync("ana");
        await student.ShowsTalkingAsync();
        await student.Page.HearsAsync(4);
        await Expect(teacher.Page.Locator("[data-student-row='ana'] .quality")).ToHaveTextAsync("good network", new() { Timeout = 20_000 });

        uplink.Loss = 0.25;
        await SoonAsync("a loss of 25 % to the server", () => Expect(teacher.Alarm("loss")).ToBeVisibleAsync(new() { Timeout = Soon }));
        uplink.Loss = 0;
        await Expect(teacher.Alarm("loss")).ToBeHiddenAsync(new() { Timeout = 15_000 });

        uplink.IsCut = true;
        await SoonAsync("a cut of the teacher's network", () => Expect(teacher.Alarm("lost")).ToBeVisibleAsync(new() { Timeout = Soon }));
        await Expect(teacher.Status).ToHaveTextAsync("Connection lost – reconnecting…");
        uplink.IsCut = false;
        await teacher.ShowsListenerAsync("ana");
        await student.Page.HearsAsync(4);

        downlink.IsCut = true;
        await SoonAsync("a cut of the student's network", () => Expect(student.Page.Locator("#status")).ToHaveTextAsync("Connection lost – reconnecting…", new() { Timeout = Soon }));
        downlink.IsCut = false;
        await student.ShowsTalkingAsync();
        await student.Page.HearsAsync(4);

        downlink.ChangePath();
        await student.Page.HearsAsync(8);
        await student.ShowsTalkingAsync();
        teacher.Errors.ShouldBeEmpty();
        student.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task StudentPage_OfflineWhileTyping_LosesNothing()
    {
        await using var server = await ServerProcess.StartAsync();
        using var api = new LessonApi(server, Lesson);
        await api.CreateAsync([]);
        var student = await StudentPage.JoinAsync(Browser, server, Lesson, "ana");
        await student.AnswerAsync("x = 1");
        await student.Page.Context.SetOfflineAsync(true);
        var box = student.Page.GetByLabel("Type an answer to your teacher");
        await box.FillAsync("x = 2");
        await student.Page.Keyboard.PressAsync("Enter");
        await box.FillAsync("and y is");
        await Expect(student.Page.Locator("#history li").First).ToContainTextAsync("being sent");

        await student.Page.Context.SetOfflineAsync(false);

        await Expect(student.Page.Locator("#history li").First).ToHaveAttributeAsync("data-state", "delivered", new() { Timeout = 10_000 });
        await student.Page.ReloadAsync();
        await Expect(box).ToHaveValueAsync("and y is");
        await Expect(student.Page.Locator("#history .text")).ToHaveTextAsync(["x = 2", "x = 1"]);
        (await api.MessagesAsync()).ShouldBe(["x = 1", "x = 2"], "each once");

        // The same link in another tab of the same browser has the history, too.
        var again = await student.Page.Context.NewPageAsync();
        await again.GotoAsync(student.Page.Url);
        await Expect(again.Locator("#history .text")).ToHaveTextAsync(["x = 2", "x = 1"]);
        await box.FillAsync(new string('x', 4001));
        await box.PressAsync("Enter");
        await Expect(student.Page.Locator("#text-error")).ToHaveTextAsync("This is 1 characters too long.");
        await Expect(box).ToHaveAttributeAsync("aria-invalid", "true");
    }

    private async Task SoonAsync(string what, Func<Task> shown)
    {
        var clock = Stopwatch.StartNew();
        await shown();
        output.WriteLine($"{what}: told after {clock.Elapsed.TotalSeconds:0.0} s");
    }
}
