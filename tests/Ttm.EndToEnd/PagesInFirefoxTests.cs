using Ttm.EndToEnd.Kit;

namespace Ttm.EndToEnd;

/// <summary>A lesson through the bundled pages in Firefox, by keyboard alone.</summary>
public sealed class PagesInFirefoxTests
{
    private const string Lesson = "fractions-1";

    [Fact]
    public async Task Lesson_TeacherAndStudentInFirefoxByKeyboard_IsHeardAndRecorded()
    {
        await using var server = await ServerProcess.StartAsync();
        using var api = new LessonApi(server, Lesson);
        await api.CreateAsync(new() { ["name.ana"] = "Ana", ["name.teacher"] = "Ms. Rivera" });
        await using var firefox = await Firefox.LaunchAsync();
        var student = await firefox.OpenAsync(new Uri(server.Url, $"/student.html#token={server.Tokens.Student(Lesson, "ana")}"), 390, 844);
        await student.TabToAsync("#listen");
        await student.PressAsync(FirefoxPage.Enter);
        await student.ShowsAsync("#status", "Waiting for your teacher to arrive");
        var teacher = await firefox.OpenAsync(new Uri(server.Url, $"/teacher.html#token={server.Tokens.Teacher(Lesson, "teacher")}"), 1280, 800);
        await teacher.TabToAsync("#go");
        await teacher.PressAsync(FirefoxPage.Enter);
        await teacher.ShowsAsync("#air-text", "On air – nobody is listening");
        await teacher.TrueAsync("document.querySelector('#mic-level').ariaValueNow > 30");
        await teacher.IsAsync("document.querySelector('[data-student-row]').dataset.state", "connected");

        await teacher.TabToAsync("#search");
        await teacher.PressAsync(FirefoxPage.Down, FirefoxPage.Enter);
        await teacher.ShowsAsync("#air-text", "On air to Ana");
        await student.ShowsAsync("#status", "Ms. Rivera is talking to you");
        await student.TrueAsync("document.querySelector('#level').ariaValueNow > 30");
        await student.TabToAsync("#text");
        await student.TypeAsync("x = 3/4");
        await student.PressAsync(FirefoxPage.Enter);
        await student.IsAsync("document.querySelector('#history li').dataset.state", "delivered");
        await teacher.ShowsAsync(".badge:not([hidden])", "1 new");
        await teacher.PressAsync("m");
        await student.ShowsAsync("#status", "Ms. Rivera is with you and has muted the microphone");
        await teacher.PressAsync("m");
        await student.ShowsAsync("#status", "Ms. Rivera is talking to you");
        Directory.CreateDirectory(Repository.Pictures);
        await File.WriteAllBytesAsync(Path.Combine(Repository.Pictures, "firefox-teacher.png"), await teacher.ScreenshotAsync());
        await File.WriteAllBytesAsync(Path.Combine(Repository.Pictures, "firefox-student.png"), await student.ScreenshotAsync());
        await teacher.PressAsync(FirefoxPage.Escape);
        await teacher.ShowsAsync("#air-text", "On air – nobody is listening");

        var recording = (await api.StoredAsync(1)).ShouldHaveSingleItem();
        recording.Length.TotalSeconds.ShouldBeGreaterThan(0.5);
        var sound = await Ffmpeg.DecodeAsync(await api.AudioAsync(recording));
        sound.Samples.Max(sample => Math.Abs((int)sample)).ShouldBeGreaterThan(1000, "the tone is in the MP3");
    }
}
