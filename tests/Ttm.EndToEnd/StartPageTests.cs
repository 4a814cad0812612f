using System.Net;
using Microsoft.Playwright;
using Ttm.EndToEnd.Kit;
using static Microsoft.Playwright.Assertions;

namespace Ttm.EndToEnd;

public sealed class StartPageTests(Browser browser) : BrowserTest(browser)
{
    [Fact]
    public async Task StartPage_InDevelopment_LeadsToALessonInThreeClicks()
    {
        await using var server = await ServerProcess.StartAsync("Development");
        var start = await Browser.OpenAsync(server.Url);
        await start.GotoAsync("/");
        await start.GetByRole(AriaRole.Button, new() { Name = "Start a lesson" }).ClickAsync();
        await Expect(start.Locator("#links li")).ToHaveCountAsync(5);

        var student = await Browser.OpenAsync(server.Url, phone: true);
        await student.GotoAsync((await start.Locator("#links [data-role='student'] a").First.GetAttributeAsync("href"))!);
        await student.GetByRole(AriaRole.Button, new() { Name = "Listen" }).ClickAsync();
        var teacher = await start.RunAndWaitForPopupAsync(() => start.Locator("#links [data-role='teacher'] a").ClickAsync());
        await teacher.GetByLabel("Reduce noise and echo").UncheckAsync();

        // One click on a student goes on air, too.
        await teacher.Locator("button.talk").First.ClickAsync();

        await Expect(student.Locator("#status")).ToHaveTextAsync("Your teacher is talking to you");
        await student.HearsAsync(4);
    }

    [Fact]
    public async Task StartPage_InProduction_DoesNotExist()
    {
        await using var server = await ServerProcess.StartAsync();
        using var http = new HttpClient { BaseAddress = server.Url };

        (await http.GetAsync("/")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await http.GetAsync("/index.html")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await http.PostAsync("/dev/lessons", null)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await http.GetAsync("/teacher.html")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }
}
