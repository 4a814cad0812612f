using Ttm.EndToEnd.Kit;
using Ttm.EndToEnd.Pages;
using Ttm.Testing.Sound;
using Xunit.Abstractions;
using static Microsoft.Playwright.Assertions;

namespace Ttm.EndToEnd;

/// <summary>A whole lesson through the two bundled pages, as people use them.</summary>
public sealed class LessonByPagesTests(Browser browser, ITestOutputHelper output) : BrowserTest(browser)
{
    private const string Lesson = "fractions-1";

    [Fact]
    public async Task Lesson_TeacherSwitchesAmongThreeStudents_EachHearsItsOwnAndEachStretchIsAnMp3()
    {
        await using var server = await ServerProcess.StartAsync();
        using var api = new LessonApi(server, Lesson);
        await api.CreateAsync(new() { ["title"] = "Fractions", ["name.ana"] = "Ana", ["name.ben"] = "Ben", ["name.cho"] = "Cho" });
        var teacher = await TeacherPage.OpenAsync(Browser, server, Lesson);
        StudentPage[] students =
        [
            await StudentPage.JoinAsync(Browser, server, Lesson, "ana"),
            await StudentPage.JoinAsync(Browser, server, Lesson, "ben"),
            await StudentPage.JoinAsync(Browser, server, Lesson, "cho"),
        ];
        var (ana, ben, cho) = (students[0], students[1], students[2]);
        await teacher.GoOnAirAsync();
        foreach (var student in students)
        {
            await teacher.ShowsStudentAsync(student.Id, "connected");
            await student.ShowsWaitingAsync();
        }

        await TalkAsync(teacher, ana, "Ana");
        await ana.AnswerAsync("x = 3/4");
        await teacher.ShowsAnswerAsync("ana", "x = 3/4");
        await teacher.ShowsUnreadAsync("ana", "1 new");
        await TalkAsync(teacher, ben, "Ben");
        await ana.ShowsWaitingAsync();
        await TalkAsync(teacher, cho, "Cho");
        await TalkAsync(teacher, ana, "Ana");
        await teacher.ClickAsync("ana");
        await Expect(teacher.Status).ToHaveTextAsync("On air – nobody is listening");
        await ana.ShowsWaitingAsync();
        // Longer than a quarter of a second is said to nobody.
        await teacher.Page.WaitForTimeoutAsync(600);
        await TalkAsync(teacher, ben, "Ben");
        await teacher.Page.Keyboard.PressAsync("Escape");
        await ben.ShowsWaitingAsync();

        var stretches = await RecordedLesson.ReadAsync(api, 5);
        foreach (var stretch in stretches)
            output.WriteLine($"{stretch}");
        foreach (var student in students)
            output.WriteLine($"{student.Id} heard {await DescribeAsync(student)}");
        stretches.Select(stretch => stretch.Recording.Student).ShouldBe(["ana", "ben", "cho", "ana", "ben"]);
        foreach (var stretch in stretches)
        {
            RecordedLesson.ShouldBeConsistent(stretch);
            RecordedLesson.ShouldBeWhole(stretch);
        }

        for (var i = 1; i < 4; i++)
            RecordedLesson.ShouldJoin(stretches[i - 1], stretches[i]);
        stretches[4].First.ShouldBeGreaterThan(stretches[3].Last, "what was said to nobody is in no recording");
        foreach (var student in students)
            await Heard.ShouldBeWhatWasSaidAsync(student.Page, [.. stretches.Where(stretch => stretch.Recording.Student == student.Id)]);

        var shown = stretches[1];
        (await teacher.PlayAsync(shown.Recording.Id)).ShouldBe(shown.Recording.Length.TotalSeconds, 0.1);
        (await teacher.DownloadAsync(shown.Recording.Id)).ShouldBe(shown.Mp3);
        await Expect(teacher.Recording(shown.Recording.Id).Locator("a")).ToHaveAttributeAsync("download", $"{Lesson}-0002-ben.mp3");
        await teacher.EndLessonAsync();
        foreach (var student in students)
            await student.ShowsAsync("The lesson has ended. You can close this page.");
        teacher.Errors.ShouldBeEmpty();
        students.SelectMany(student => student.Errors).ShouldBeEmpty();
    }

    [Fact]
    public async Task Lesson_TeacherReloadsThePageWhileRecording_SameRecordingGoesOn()
    {
        await using var server = await ServerProcess.StartAsync();
        using var api = new LessonApi(server, Lesson);
        await api.CreateAsync([]);
        var teacher = await TeacherPage.OpenAsync(Browser, server, Lesson);
        var student = await StudentPage.JoinAsync(Browser, server, Lesson, "ana");
        await teacher.GoOnAirAsync();
        await TalkAsync(teacher, student, "ana");
        List<string> asked = [];
        teacher.Page.Dialog += async (_, dialog) =>
        {
            asked.Add(dialog.Type);
            await dialog.AcceptAsync();
        };

        await teacher.Page.ReloadAsync();
        await teacher.ShowsListenerAsync("ana");
        await student.Page.HearsAsync(8);
        await teacher.ClickAsync("ana");
        await student.ShowsWaitingAsync();

        asked.ShouldBe(["beforeunload"]);
        var stretch = (await RecordedLesson.ReadAsync(api, 1)).ShouldHaveSingleItem();
        output.WriteLine($"{stretch}");
        RecordedLesson.ShouldBeConsistent(stretch);
        // The microphone's signal starts anew with the page: one place, and one alone, where the numbers jump.
        stretch.Quarters.Zip(stretch.Quarters.Skip(1)).Count(pair => (pair.Second.Index - pair.First.Index + QuarterSecondSignal.Modulus) % QuarterSecondSignal.Modulus != 1)
            .ShouldBeLessThanOrEqualTo(1, stretch.ToString());
    }

    private static async Task TalkAsync(TeacherPage teacher, StudentPage student, string name)
    {
        await teacher.ClickAsync(student.Id);
        await teacher.ShowsListenerAsync(name);
        await student.ShowsTalkingAsync();
        await student.Page.HearsAsync(8);
    }

    private static async Task<string> DescribeAsync(StudentPage student) =>
        string.Join(' ', (await student.Page.QuartersAsync()).Select(q => q.IsWhole ? $"{q.Index}" : $"{q.Index}({q.Length.TotalMilliseconds:0})"));
}
