using Microsoft.Playwright;
using Ttm.EndToEnd.Kit;
using static Microsoft.Playwright.Assertions;

namespace Ttm.EndToEnd.Pages;

/// <summary>The bundled student's page, on a phone.</summary>
internal sealed class StudentPage
{
    private StudentPage(IPage page, string id)
    {
        Page = page;
        Id = id;
        page.PageError += (_, error) => Errors.Add(error);
    }

    public IPage Page { get; }

    public string Id { get; }

    public List<string> Errors { get; } = [];

    /// <param name="script">Runs before the page's own.</param>
    public static async Task<StudentPage> OpenAsync(Browser browser, ServerProcess server, string lesson, string student, string? script = null)
    {
        var opened = new StudentPage(await browser.OpenAsync(server.Url, phone: true), student);
        if (script is not null)
            await opened.Page.AddInitScriptAsync(script);
        await opened.Page.GotoAsync($"/student.html#token={server.Tokens.Student(lesson, student)}&lesson={lesson}");
        return opened;
    }

    public static async Task<StudentPage> JoinAsync(Browser browser, ServerProcess server, string lesson, string student, string? script = null)
    {
        var joined = await OpenAsync(browser, server, lesson, student, script);
        await joined.JoinAsync();
        return joined;
    }

    public Task JoinAsync() => Page.GetByRole(AriaRole.Button, new() { Name = "Listen" }).ClickAsync();

    public Task ShowsAsync(string words) => Expect(Page.Locator("#status")).ToHaveTextAsync(words);

    public Task ShowsTalkingAsync(string teacher = "Your teacher") => ShowsAsync($"{teacher} is talking to you");

    public Task ShowsWaitingAsync() => ShowsAsync("Waiting for your teacher to talk to you");

    /// <summary>Types an answer and waits for its tick.</summary>
    public async Task AnswerAsync(string text)
    {
        await Page.GetByLabel("Type an answer to your teacher").FillAsync(text);
        await Page.Keyboard.PressAsync("Enter");
        var line = Page.Locator("#history li").First;
        await Expect(line).ToContainTextAsync(text);
        await Expect(line).ToHaveAttributeAsync("data-state", "delivered");
    }
}
