using Microsoft.Playwright;
using Ttm.EndToEnd.Kit;
using Ttm.EndToEnd.Pages;
using static Microsoft.Playwright.Assertions;

namespace Ttm.EndToEnd;

/// <summary>Who looks after the server sees what goes on, ends a lesson and finds what was recorded.</summary>
public sealed class PagesSupervisorTests(Browser browser) : BrowserTest(browser)
{
    private const string Lesson = "fractions-1";

    [Fact]
    public async Task SupervisorPage_DuringALesson_ShowsItEndsItAndFindsItsRecordings()
    {
        await using var server = await ServerProcess.StartAsync();
        using var api = new LessonApi(server, Lesson);
        await api.CreateAsync(new() { ["title"] = "Fractions", ["name.teacher"] = "Ms. Rivera", ["name.ana"] = "Ana" });
        var teacher = await TeacherPage.OpenAsync(Browser, server, Lesson);
        await teacher.GoOnAirAsync();
        var student = await StudentPage.JoinAsync(Browser, server, Lesson, "ana");
        await teacher.ShowsStudentAsync("ana", "connected");
        await teacher.ClickAsync("ana");
        await student.ShowsTalkingAsync("Ms. Rivera");
        var page = await Browser.OpenAsync(server.Url);
        List<string> errors = [];
        page.PageError += (_, error) => errors.Add(error);
        await page.GotoAsync($"/supervisor.html#token={server.Tokens.Service()}");

        var lesson = page.Locator($"[data-lesson='{Lesson}']");
        await Expect(page.Locator("#ready")).ToHaveTextAsync("ready");
        await Expect(page.Locator("#figures dd")).ToHaveCountAsync(6);
        await Expect(page.Locator("#figures")).ToContainTextAsync("cores");
        await Expect(lesson.Locator("h3")).ToHaveTextAsync($"Fractions ({Lesson})");
        await Expect(lesson).ToContainTextAsync("Ms. Rivera");
        await Expect(lesson.Locator("dd").Nth(1)).ToContainTextAsync("Ana");
        await Expect(lesson.GetByRole(AriaRole.Meter)).Not.ToHaveAttributeAsync("aria-valuenow", "0", new() { Timeout = 10_000 });
        await Expect(lesson.Locator(".quality").First).ToContainTextAsync("good network", new() { Timeout = 10_000 });
        await lesson.Locator("summary").ClickAsync();
        await Expect(lesson.Locator(".roster li")).ToContainTextAsync("listening");
        await page.GetByLabel("Search lessons").FillAsync("algebra");
        await Expect(page.Locator("#lessons-empty")).ToHaveTextAsync("No lesson matches.");
        await page.GetByLabel("Search lessons").FillAsync("RIVERA");
        await Expect(lesson).ToBeVisibleAsync();
        await page.ShouldBeAccessibleAsync("supervisor-live");

        await lesson.GetByRole(AriaRole.Button, new() { Name = "End the lesson" }).FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("#end-question")).ToHaveTextAsync($"End the lesson Fractions ({Lesson}) for everyone?");
        await page.GetByRole(AriaRole.Button, new() { Name = "Yes, end it" }).ClickAsync();
        await student.ShowsAsync("The lesson has ended. You can close this page.");
        await Expect(page.Locator("#lessons-empty")).ToHaveTextAsync("No lesson is live on this server.");

        var recording = (await api.StoredAsync(1)).ShouldHaveSingleItem();
        await page.GetByLabel("Student").FillAsync("an a");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("#find-student-error")).ToContainTextAsync("Only letters");
        await Expect(page.GetByLabel("Student")).ToBeFocusedAsync();
        await page.ShouldBeAccessibleAsync("supervisor-fault");
        await page.GetByLabel("Student").FillAsync("ana");
        await page.GetByLabel("Day (UTC)").FillAsync($"{recording.StartedAt:yyyy-MM-dd}");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("#found li")).ToContainTextAsync($"{Lesson} · teacher → ana");
        await page.GetByLabel("Student").FillAsync("ben");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("#find-empty")).ToHaveTextAsync("No recording matches.");
        await page.GetByRole(AriaRole.Button, new() { Name = "Clear" }).ClickAsync();
        await page.Locator($"[data-recording='{recording.Id}'] .play").ClickAsync();
        await page.WaitForFunctionAsync("() => document.querySelector('#found audio').currentTime > 0.1");

        server.Kill();
        await Expect(page.Locator("[data-alarm='watch']")).ToContainTextAsync("The server does not answer", new() { Timeout = 10_000 });
        await server.RunAsync();
        await Expect(page.Locator("[data-alarm='watch']")).ToBeHiddenAsync(new() { Timeout = 10_000 });
        errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task SupervisorPage_WithATeachersToken_SaysThatTheLinkIsNotValid()
    {
        await using var server = await ServerProcess.StartAsync();
        var page = await Browser.OpenAsync(server.Url);
        await page.GotoAsync($"/supervisor.html#token={server.Tokens.Teacher(Lesson, "teacher")}");

        await Expect(page.Locator("#ready")).ToHaveTextAsync("This link is no longer valid. Ask for a new one.");
    }
}
