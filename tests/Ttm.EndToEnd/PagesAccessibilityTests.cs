using Microsoft.Playwright;
using Ttm.EndToEnd.Kit;
using Ttm.EndToEnd.Pages;
using static Microsoft.Playwright.Assertions;

namespace Ttm.EndToEnd;

/// <summary>Each page in each of its main states: WCAG 2.2 AA as far as axe-core can tell, light and dark, desktop and phone. A new page gets its test here.</summary>
public sealed class PagesAccessibilityTests(Browser browser) : BrowserTest(browser)
{
    private const string Lesson = "fractions-1";

    [Fact]
    public async Task StartPage_BeforeAndAfterTheStart_IsAccessible()
    {
        await using var server = await ServerProcess.StartAsync("Development");
        var page = await Browser.OpenAsync(server.Url);
        await page.GotoAsync("/");
        await page.ShouldBeAccessibleAsync("start");
        await page.GetByRole(AriaRole.Button, new() { Name = "Start a lesson" }).ClickAsync();
        await Expect(page.Locator("#links li")).ToHaveCountAsync(5);
        await page.ShouldBeAccessibleAsync("start-links");
    }

    [Fact]
    public async Task TeacherPage_BeforeOnAndAfterTheAir_IsAccessible()
    {
        await using var server = await ServerProcess.StartAsync();
        using var api = new LessonApi(server, Lesson);
        await api.CreateAsync(Names);
        var teacher = await TeacherPage.OpenAsync(Browser, server, Lesson);
        await teacher.Page.ShouldBeAccessibleAsync("teacher-off");
        await teacher.GoOnAirAsync();
        var ana = await StudentPage.JoinAsync(Browser, server, Lesson, "s-1");
        await StudentPage.JoinAsync(Browser, server, Lesson, "s-2");
        await teacher.ShowsStudentAsync("s-2", "connected");
        await teacher.ClickAsync("s-2");
        await teacher.ShowsListenerAsync("Ben Carter");
        await teacher.ClickAsync("s-1");
        await ana.ShowsTalkingAsync("Ms. Rivera");
        await ana.AnswerAsync("3/4 + 1/8 = 7/8");
        await teacher.ShowsAnswerAsync("s-1", "3/4 + 1/8 = 7/8");
        await api.StoredAsync(1);
        await teacher.Page.Locator("#recording-list .play:visible").First.ClickAsync();
        await teacher.Page.ShouldBeAccessibleAsync("teacher-live");
        foreach (var width in new[] { 1280, 900, 390 })
        {
            await teacher.Page.SetViewportSizeAsync(width, 800);
            (await teacher.Page.EvaluateAsync<string[]>("[...document.querySelectorAll('#student-list .name')].filter((name) => name.scrollWidth > name.clientWidth).map((name) => name.textContent)"))
                .ShouldBeEmpty($"names are cut at {width} pixels");
        }

        await teacher.Page.GetByRole(AriaRole.Button, new() { Name = "End the lesson" }).ClickAsync();
        await teacher.Page.ShouldBeAccessibleAsync("teacher-asks");
        await teacher.Page.GetByRole(AriaRole.Button, new() { Name = "Yes, end it" }).ClickAsync();
        await Expect(teacher.Status).ToHaveTextAsync("The lesson has ended.");
        await teacher.Page.ShouldBeAccessibleAsync("teacher-ended");
    }

    [Fact]
    public async Task StudentPage_FromTheTapToTheEnd_IsAccessible()
    {
        await using var server = await ServerProcess.StartAsync();
        using var api = new LessonApi(server, Lesson);
        await api.CreateAsync(Names);
        var student = await StudentPage.OpenAsync(Browser, server, Lesson, "s-1");
        await student.Page.ShouldBeAccessibleAsync("student-start");
        await student.JoinAsync();
        await student.ShowsAsync("Waiting for your teacher to arrive");
        await student.AnswerAsync("I am here!");
        await student.Page.GetByRole(AriaRole.Button, new() { Name = "Send" }).ClickAsync();
        await Expect(student.Page.Locator("#text-error")).ToHaveTextAsync("Type something first.");
        await student.Page.ShouldBeAccessibleAsync("student-waiting");
        var teacher = await TeacherPage.OpenAsync(Browser, server, Lesson);
        await teacher.GoOnAirAsync();
        await teacher.ClickAsync("s-1");
        await student.ShowsTalkingAsync("Ms. Rivera");
        await student.AnswerAsync("3/4 + 1/8 = 7/8");
        await student.Page.ShouldBeAccessibleAsync("student-talking");
        server.Kill();
        await Expect(student.Page.Locator("#status")).ToHaveTextAsync("Connection lost – reconnecting…", new() { Timeout = 15_000 });
        await student.Page.ShouldBeAccessibleAsync("student-lost");
        await server.RunAsync();
        await student.ShowsTalkingAsync("Ms. Rivera");
        await api.EndAsync();
        await student.ShowsAsync("The lesson has ended. You can close this page.");
        await student.Page.ShouldBeAccessibleAsync("student-ended");
    }

    [Fact]
    public async Task NetworkPage_AfterTheTestAndWithABadLink_IsAccessible()
    {
        await using var server = await ServerProcess.StartAsync();
        var page = await Browser.OpenAsync(server.Url);
        await page.GotoAsync(await server.CreateNetworkLinkAsync());
        await Expect(page.Locator("#verdict")).Not.ToHaveAttributeAsync("data-state", "testing", new() { Timeout = 20_000 });
        await page.GetByRole(AriaRole.Button, new() { Name = "Copy as text" }).ClickAsync();
        await Expect(page.Locator("#copied")).Not.ToBeEmptyAsync();
        await page.ShouldBeAccessibleAsync("network-tested");

        var other = await Browser.OpenAsync(server.Url);
        await other.GotoAsync("/network#token=a.b.c");
        await Expect(other.Locator("#status")).ToHaveTextAsync("This link is no longer valid. Ask for a new one.");
        await other.ShouldBeAccessibleAsync("network-refused");
    }

    private static Dictionary<string, string> Names => new()
    {
        ["title"] = "Fractions",
        ["name.teacher"] = "Ms. Rivera",
        ["name.s-1"] = "Ana Lucía Fernández",
        ["name.s-2"] = "Ben Carter",
        ["name.s-3"] = "Chloé Martin",
        ["name.s-4"] = "Dev Patel",
    };
}
