using System.Text.Json;
using Ttm.EndToEnd.Kit;
using Ttm.EndToEnd.Pages;
using Xunit.Abstractions;

namespace Ttm.EndToEnd;

/// <summary>Times as a browser sees them, printed and not judged: they are the machine's as much as the server's.</summary>
public sealed class FiguresTests(Browser browser, ITestOutputHelper output) : BrowserTest(browser)
{
    private const string Lesson = "figures";
    private const int Switches = 20;

    [Fact]
    public async Task Figures_JoiningAndSwitching_ArePrinted()
    {
        await using var server = await ServerProcess.StartAsync();
        using var api = new LessonApi(server, Lesson);
        var teacher = await PlainPage.OpenAsync(Browser, server, Lesson);
        await teacher.SpeakAsync(server.Tokens.Teacher(Lesson, "teacher"));
        var students = new Dictionary<string, PlainPage>();
        List<double> joins = [];
        foreach (var id in new[] { "ana", "ben" })
        {
            await api.SelectAsync(id);
            var student = students[id] = await PlainPage.OpenAsync(Browser, server, Lesson);
            await student.HearAsync(server.Tokens.Student(Lesson, id));
            joins.Add(await student.Page.EvaluateAsync<double>("plain.speechAfter(plain.posted)"));
        }

        List<double> answers = [];
        List<double> packets = [];
        for (var i = 0; i < Switches; i++)
        {
            var student = i % 2 == 0 ? "ana" : "ben";
            var page = students[student].Page;
            var parameters = new[] { $"{new Uri(server.Url, $"/api/v1/lessons/{Lesson}/listener")}", server.Tokens.Service(), student };
            var change = await page.EvaluateAsync<JsonElement>("([url, token, student]) => plain.select(url, token, student)", parameters);
            change.GetProperty("status").GetInt32().ShouldBe(200);
            var asked = change.GetProperty("asked").GetDouble();
            answers.Add(change.GetProperty("answered").GetDouble() - asked);
            packets.Add(await page.EvaluateAsync<double>("asked => plain.speechAfter(asked)", asked));
        }

        Print("POST of the offer to the first speech packet", joins);
        Print("PUT listener to its answer", answers);
        Print("PUT listener to the first speech packet", packets);
        packets.Count.ShouldBe(Switches);
    }

    private void Print(string what, List<double> milliseconds)
    {
        milliseconds.Sort();
        output.WriteLine($"{what}: median {milliseconds[milliseconds.Count / 2]:0.0} ms, {milliseconds[0]:0.0}–{milliseconds[^1]:0.0} ms, n = {milliseconds.Count}");
    }
}
