using Microsoft.Playwright;
using Ttm.EndToEnd.Kit;
using static Microsoft.Playwright.Assertions;

namespace Ttm.EndToEnd.Pages;

/// <summary>The bundled teacher's page, as its user sees it.</summary>
internal sealed class TeacherPage
{
    private TeacherPage(IPage page)
    {
        Page = page;
        page.PageError += (_, error) => Errors.Add(error);
        page.Console += (_, message) =>
        {
            if (message.Type == "error" && message.Text.Contains("Content Security Policy"))
                Errors.Add(message.Text);
        };
    }

    public IPage Page { get; }

    /// <summary>Uncaught exceptions and violations of the Content-Security-Policy.</summary>
    public List<string> Errors { get; } = [];

    public ILocator Status => Page.Locator("#air-text");

    /// <param name="script">Runs before the page's own.</param>
    public static async Task<TeacherPage> OpenAsync(Browser browser, ServerProcess server, string lesson, string teacher = "teacher", string? script = null)
    {
        var page = await browser.OpenAsync(server.Url);
        if (script is not null)
            await page.AddInitScriptAsync(script);
        var opened = new TeacherPage(page);
        await page.GotoAsync($"/teacher.html#token={server.Tokens.Teacher(lesson, teacher)}&lesson={lesson}");
        return opened;
    }

    /// <summary>The test's signal is made of steady tones: noise suppression would take them for noise.</summary>
    public async Task GoOnAirAsync()
    {
        await Page.GetByLabel("Reduce noise and echo").UncheckAsync();
        await Page.GetByRole(AriaRole.Button, new() { Name = "Go on air" }).ClickAsync();
        await Expect(Page.Locator("#air")).ToHaveAttributeAsync("data-state", "idle");
    }

    public Task ClickAsync(string student) => Page.Locator($"button[data-student='{student}']").ClickAsync();

    public Task ShowsListenerAsync(string name) => Expect(Status).ToHaveTextAsync($"On air to {name}");

    public Task ShowsStudentAsync(string student, string state) => Expect(Row(student)).ToHaveAttributeAsync("data-state", state);

    public Task ShowsAnswerAsync(string student, string text) => Expect(Row(student).Locator(".answer").First).ToContainTextAsync(text);

    public Task ShowsUnreadAsync(string student, string mark) => Expect(Row(student).Locator(".badge")).ToHaveTextAsync(mark);

    public ILocator Alarm(string key) => Page.Locator($"[data-alarm='{key}']");

    public ILocator Recording(string id) => Page.Locator($"[data-recording='{id}']");

    /// <summary>Plays it in the page until sound has really advanced; returns the length that the player shows.</summary>
    public async Task<double> PlayAsync(string recording)
    {
        var row = Recording(recording);
        await row.Locator("button").ClickAsync();
        await Expect(row.Locator("audio")).ToBeVisibleAsync();
        await Page.WaitForFunctionAsync("id => document.querySelector(`[data-recording='${id}'] audio`).currentTime > 0.3", recording);
        return await row.Locator("audio").EvaluateAsync<double>("audio => audio.duration");
    }

    /// <summary>Saves it by its link. A download that comes from the object store by a redirect is announced by the tab that the link opens.</summary>
    public async Task<byte[]> DownloadAsync(string recording)
    {
        TaskCompletionSource<IDownload> started = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Page.Download += (_, download) => started.TrySetResult(download);
        Page.Context.Page += (_, tab) => tab.Download += (_, download) => started.TrySetResult(download);
        await Recording(recording).Locator("a").ClickAsync();
        var saved = await started.Task.WaitAsync(TimeSpan.FromSeconds(15));
        return await File.ReadAllBytesAsync(await saved.PathAsync());
    }

    public async Task EndLessonAsync()
    {
        await Page.GetByRole(AriaRole.Button, new() { Name = "End the lesson" }).ClickAsync();
        await Page.GetByRole(AriaRole.Button, new() { Name = "Yes, end it" }).ClickAsync();
        await Expect(Status).ToHaveTextAsync("The lesson has ended.");
    }

    private ILocator Row(string student) => Page.Locator($"li[data-student-row='{student}']");
}
