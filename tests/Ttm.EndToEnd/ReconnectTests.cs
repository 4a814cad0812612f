using Ttm.EndToEnd.Kit;
using Ttm.EndToEnd.Pages;
using static Microsoft.Playwright.Assertions;

namespace Ttm.EndToEnd;

/// <summary>The pages come back by themselves, without a tap.</summary>
public sealed class ReconnectTests(Browser browser) : BrowserTest(browser)
{
    private const string Lesson = "algebra-3";

    [Fact]
    public async Task Pages_ServerKilledAndStartedAgain_TeacherAndStudentAreBack()
    {
        await using var server = await ServerProcess.StartAsync();
        var teacher = await TeacherPage.OpenAsync(Browser, server, Lesson);
        await teacher.GoOnAirAsync();
        var student = await StudentPage.JoinAsync(Browser, server, Lesson, "ana");
        await student.ShowsWaitingAsync();

        server.Kill();
        await Expect(teacher.Page.Locator("[data-alarm='lost']")).ToBeVisibleAsync(new() { Timeout = 20_000 });
        await student.ShowsAsync("Connection lost – reconnecting…");
        await server.RunAsync();

        await Expect(teacher.Status).ToContainTextAsync("On air", new() { Timeout = 20_000 });
        await Expect(teacher.Page.Locator("[data-alarm='lost']")).ToBeHiddenAsync();
        await student.ShowsWaitingAsync();
        await teacher.ShowsStudentAsync("ana", "connected");
        await teacher.ClickAsync("ana");
        await student.ShowsTalkingAsync();
        await student.Page.HearsAsync(4);
        teacher.Errors.ShouldBeEmpty();
        student.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task Pages_ServerKilledWhileAStudentIsSelected_ThatStudentHearsAgainAndNobodyTouchedAnything()
    {
        await using var server = await ServerProcess.StartAsync();
        using var api = new LessonApi(server, Lesson);
        var teacher = await TeacherPage.OpenAsync(Browser, server, Lesson);
        await teacher.GoOnAirAsync();
        var student = await StudentPage.JoinAsync(Browser, server, Lesson, "ana");
        var other = await StudentPage.JoinAsync(Browser, server, Lesson, "ben");
        await other.ShowsWaitingAsync();
        await teacher.ClickAsync("ana");
        await student.ShowsTalkingAsync();
        await student.Page.HearsAsync(8);

        server.Kill();
        await Expect(teacher.Page.Locator("[data-alarm='lost']")).ToBeVisibleAsync(new() { Timeout = 20_000 });
        await student.ShowsAsync("Connection lost – reconnecting…");
        await server.RunAsync();

        // The roster, the listener and the recordings' numbers are where they were.
        await teacher.ShowsListenerAsync("ana");
        await student.ShowsTalkingAsync();
        await other.ShowsWaitingAsync();
        await student.Page.HearsAsync(8);
        (await api.GetAsync()).Students.Select(one => (one.Id, one.Connected, one.Listening)).ShouldBe([("ana", true, true), ("ben", true, false)], ignoreOrder: true);
        await api.EndAsync();
        var stretches = await RecordedLesson.ReadAsync(api, 2);
        stretches.Select(stretch => (stretch.Recording.Sequence, stretch.Recording.Student)).ShouldBe([(1, "ana"), (2, "ana")]);
        foreach (var stretch in stretches)
        {
            RecordedLesson.ShouldBeConsistent(stretch);
            RecordedLesson.ShouldBeWhole(stretch);
            stretch.Quarters.Count.ShouldBeGreaterThan(7);
        }

        teacher.Errors.ShouldBeEmpty();
        student.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task StudentPage_SecondTabOfTheSameBrowser_TakesOverAndCanBeTakenBack()
    {
        await using var server = await ServerProcess.StartAsync();
        var teacher = await TeacherPage.OpenAsync(Browser, server, Lesson);
        await teacher.GoOnAirAsync();
        var first = await StudentPage.JoinAsync(Browser, server, Lesson, "ana");
        await first.ShowsWaitingAsync();

        var second = await first.Page.Context.NewPageAsync();
        await second.GotoAsync(first.Page.Url);
        await second.Locator("#listen").ClickAsync();

        await Expect(second.Locator("#status")).ToHaveTextAsync("Waiting for your teacher to talk to you");
        await first.ShowsAsync("This lesson was opened in another tab or window.");
        await first.Page.Locator("#listen").ClickAsync();
        await first.ShowsWaitingAsync();
        await Expect(second.Locator("#status")).ToHaveTextAsync("This lesson was opened in another tab or window.");
    }
}
