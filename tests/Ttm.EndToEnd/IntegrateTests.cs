using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Ttm.EndToEnd.Kit;
using Ttm.Testing;

namespace Ttm.EndToEnd;

/// <summary>The application of docs/integrate.md, taken out of the document and run: its pages in Chromium, its webhooks from a real server.</summary>
public sealed partial class IntegrateTests(Browser browser) : BrowserTest(browser)
{
    private const string Key = "school";
    private const string Secret = "0123456789abcdef0123456789abcdef";
    private const string HookSecret = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(40);

    [Fact]
    public async Task Document_AsItStands_IsAnApplicationWithALesson()
    {
        var document = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "integrate.md"));
        foreach (var value in new[] { $"--Auth:Keys:{Key}={Secret}", $"--Webhooks:Secret={HookSecret}" })
            document.ShouldContain(value);
        using var project = await NodeProject.CreateAsync();
        var blocks = Block().Matches(document);
        blocks.Select(block => block.Groups["name"].Value).ShouldBe(["tokens.mjs", "lessons.mjs", "webhooks.mjs", "app.mjs"]);
        foreach (Match block in blocks)
            await project.WriteAsync(block.Groups["name"].Value, block.Groups["code"].Value);
        File.Copy(Path.Combine(NodeProject.Package, "example.html"), Path.Combine(project.Folder, "page.html"));

        var port = FreePorts.Take();
        var site = new Uri($"http://127.0.0.1:{port}");
        await using var server = await ServerProcess.StartAsync(settings: new Dictionary<string, string>
        {
            [$"Auth:Keys:{Key}"] = Secret,
            ["Webhooks:Urls"] = $"{site}hooks/ttm",
            ["Webhooks:Secret"] = HookSecret,
        });
        using var app = await StartAsync(project, server, port);

        var teacher = await Browser.OpenAsync(site);
        await teacher.GotoAsync("/teacher");
        await teacher.ClickAsync("#go");
        var student = await Browser.OpenAsync(site);
        await student.GotoAsync("/student/ana");
        await student.ClickAsync("#go");
        foreach (var page in new[] { teacher, student })
            await Assertions.Expect(page.Locator("#state")).ToHaveTextAsync("connected");
        await teacher.ClickAsync("text=ana");
        await student.HearsAsync(4);
        await teacher.ClickAsync("text=ben");
        await app.PrintsAsync("recording.stored");

        // A switch that the server refuses says why: here a student's token in the teacher's page.
        var pupil = await Browser.OpenAsync(site);
        await pupil.GotoAsync("/student/ana");
        await pupil.GotoAsync(pupil.Url.Replace("role=student", "role=teacher&students=ana", StringComparison.Ordinal));
        await pupil.ReloadAsync();
        await pupil.ClickAsync("text=ana");
        await Assertions.Expect(pupil.Locator("#state")).ToContainTextAsync("token");

        // In order, each signature verified by the Standard Webhooks library.
        var types = app.Lines.Select(line => line.Split(' ')[0]).Where(type => type.Contains('.')).ToList();
        types[0].ShouldBe("lesson.started");
        types.IndexOf("listener.changed").ShouldBeGreaterThan(types.IndexOf("teacher.connected"));
        types.IndexOf("recording.started").ShouldBeGreaterThan(types.IndexOf("listener.changed"));

        using var http = new HttpClient { BaseAddress = site };
        using var forged = new HttpRequestMessage(HttpMethod.Post, "/hooks/ttm") { Content = new StringContent("""{"type":"lesson.ended"}""") };
        forged.Headers.Add("webhook-id", "evt_1");
        forged.Headers.Add("webhook-timestamp", $"{DateTimeOffset.UtcNow.ToUnixTimeSeconds()}");
        forged.Headers.Add("webhook-signature", "v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=");
        using var answer = await http.SendAsync(forged);
        ((int)answer.StatusCode).ShouldBe(400);
    }

    private static async Task<Application> StartAsync(NodeProject project, ServerProcess server, int port)
    {
        var start = new ProcessStartInfo("node", ["app.mjs"]) { WorkingDirectory = project.Folder, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in new[]
                 {
                     ("TTM_URL", server.Url.GetLeftPart(UriPartial.Authority)), ("TTM_KEY", Key), ("TTM_SECRET", Secret), ("TTM_WEBHOOK_SECRET", HookSecret), ("PORT", $"{port}"),
                 })
        {
            start.Environment[name] = value;
        }

        var app = new Application(start);
        await app.PrintsAsync("Open http://localhost");
        return app;
    }

    [GeneratedRegex(@"^```js (?<name>\S+)\n(?<code>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();

    private sealed class Application : IDisposable
    {
        private readonly ConcurrentQueue<string> _lines = new();
        private readonly Process _process;

        public Application(ProcessStartInfo start)
        {
            _process = new Process { StartInfo = start };
            _process.OutputDataReceived += (_, line) => _lines.Enqueue(line.Data ?? "");
            _process.ErrorDataReceived += (_, line) => _lines.Enqueue(line.Data ?? "");
            _process.Start();
            _process.BeginOutputReadLine();
            _process.BeginErrorReadLine();
        }

        public IReadOnlyList<string> Lines => [.. _lines];

        public Task PrintsAsync(string beginning) => Until.TrueAsync(
            () => Lines.Any(line => line.StartsWith(beginning, StringComparison.Ordinal)), Limit, () => $"no \"{beginning}\" in:\n{string.Join('\n', Lines)}");

        public void Dispose()
        {
            if (!_process.HasExited)
                _process.Kill();
            _process.Dispose();
        }
    }
}
