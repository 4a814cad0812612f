using Ttm.EndToEnd.Kit;
using Ttm.EndToEnd.Pages;
using Ttm.Testing;
using Xunit.Abstractions;

namespace Ttm.EndToEnd;

/// <summary>A lesson without any code of ours in the browser, from another origin.</summary>
public sealed class LessonByFetchTests(Browser browser, ITestOutputHelper output) : BrowserTest(browser)
{
    private const string Lesson = "geometry-2";

    [Fact]
    public async Task Lesson_PlainPeerConnections_SwitchAndRestartIceWithoutAGap()
    {
        await using var server = await ServerProcess.StartAsync();
        using var api = new LessonApi(server, Lesson);
        await api.CreateAsync([]);
        var ana = await PlainPage.OpenAsync(Browser, server, Lesson);
        var ben = await PlainPage.OpenAsync(Browser, server, Lesson);
        var teacher = await PlainPage.OpenAsync(Browser, server, Lesson);
        await ana.HearAsync(server.Tokens.Student(Lesson, "ana"));
        await ben.HearAsync(server.Tokens.Student(Lesson, "ben"));
        await teacher.SpeakAsync(server.Tokens.Teacher(Lesson, "teacher"));
        (await ana.HeaderAsync("accepts")).ShouldBe("application/trickle-ice-sdpfrag");
        (await ana.HeaderAsync("links")).ShouldNotBeNull().ShouldContain("rel=\"ice-server\"");

        (await api.SelectAsync("ana")).Connected.ShouldBeTrue();
        await ana.Page.HearsAsync(6);
        var stream = (await ana.StatsAsync("inbound-rtp")).Ssrc;
        await ana.RestartAsync();
        await ana.Page.HearsAsync(6);
        await teacher.RestartAsync();
        await ana.Page.HearsAsync(6);
        await api.SelectAsync("ben");
        await ben.Page.HearsAsync(8);
        await api.SelectAsync("ana");
        await ana.Page.HearsAsync(6);
        await api.DeselectAsync();

        var stretches = await RecordedLesson.ReadAsync(api, 3);
        foreach (var stretch in stretches)
            output.WriteLine($"{stretch}");
        stretches.Select(stretch => stretch.Recording.Student).ShouldBe(["ana", "ben", "ana"]);
        foreach (var stretch in stretches)
        {
            RecordedLesson.ShouldBeConsistent(stretch);
            RecordedLesson.ShouldBeWhole(stretch);
        }

        RecordedLesson.ShouldJoin(stretches[0], stretches[1]);
        RecordedLesson.ShouldJoin(stretches[1], stretches[2]);
        await Heard.ShouldBeWhatWasSaidAsync(ana.Page, [stretches[0], stretches[2]]);
        await Heard.ShouldBeWhatWasSaidAsync(ben.Page, [stretches[1]]);
        var received = await ana.StatsAsync("inbound-rtp");
        received.Ssrc.ShouldBe(stream, "one SSRC for life");
        received.Lost.ShouldBe(0, "the sequence numbers have no hole");

        (await ana.RestartStatusAsync("\"stale\"")).ShouldBe(412);
        (await ana.RemoveAsync()).ShouldBe(200);
        (await ana.RemoveAsync()).ShouldBe(404);
        await Until.TrueAsync(async () => (await api.GetAsync()).Students.Single(student => student.Id == "ana") is { Connected: false }, TimeSpan.FromSeconds(5), () => "ana is still connected");
    }

    [Fact]
    public async Task Lesson_TeacherConnectsAgain_SameStreamAndSameRecordingGoOn()
    {
        await using var server = await ServerProcess.StartAsync();
        using var api = new LessonApi(server, Lesson);
        var teacher = await PlainPage.OpenAsync(Browser, server, Lesson);
        var ana = await PlainPage.OpenAsync(Browser, server, Lesson);
        await teacher.SpeakAsync(server.Tokens.Teacher(Lesson, "teacher"));
        await ana.HearAsync(server.Tokens.Student(Lesson, "ana"));
        await api.SelectAsync("ana");
        await ana.Page.HearsAsync(6);
        var stream = (await ana.StatsAsync("inbound-rtp")).Ssrc;

        // Chromium tells its audio level (RFC 6464) with each packet.
        var seen = (await api.SupervisedAsync()).GetProperty("teacher");
        seen.GetProperty("level").GetInt32().ShouldBeInRange(-50, 0);
        seen.GetProperty("path").GetString().ShouldBe("udp");
        seen.GetProperty("packetsReceived").GetInt32().ShouldBeGreaterThan(50);

        await teacher.SpeakAsync(server.Tokens.Teacher(Lesson, "teacher"));
        await ana.Page.HearsAsync(8);
        await api.EndAsync();

        var stretch = (await RecordedLesson.ReadAsync(api, 1)).ShouldHaveSingleItem();
        output.WriteLine($"{stretch}");
        RecordedLesson.ShouldBeConsistent(stretch);
        stretch.Quarters.Count.ShouldBeGreaterThanOrEqualTo(14);
        (await ana.StatsAsync("inbound-rtp")).Ssrc.ShouldBe(stream);
        (await api.GetAsync()).State.ShouldBe("ended");
    }
}
