using Microsoft.Playwright;
using Ttm.EndToEnd.Kit;
using Ttm.EndToEnd.Pages;
using static Microsoft.Playwright.Assertions;

namespace Ttm.EndToEnd;

/// <summary>What a teacher does without a mouse, and what the microphone can have.</summary>
public sealed class PagesTeacherTests(Browser browser) : BrowserTest(browser)
{
    private const string Lesson = "fractions-1";

    [Fact]
    public async Task Lesson_ByKeyboardAlone_IsTaught()
    {
        await using var server = await ServerProcess.StartAsync();
        using var api = new LessonApi(server, Lesson);
        await api.CreateAsync(new() { ["name.s-1"] = "Ana", ["name.s-2"] = "José", ["name.s-3"] = "Zoë" });
        var student = await StudentPage.OpenAsync(Browser, server, Lesson, "s-2");
        await TabToAsync(student.Page, "#listen");
        await student.Page.Keyboard.PressAsync("Space");
        await student.ShowsAsync("Waiting for your teacher to arrive");
        var teacher = await TeacherPage.OpenAsync(Browser, server, Lesson);
        var keys = teacher.Page.Keyboard;
        await Expect(teacher.Page.Locator("[data-student-row]")).ToHaveCountAsync(3);
        await TabToAsync(teacher.Page, "#processing");
        await keys.PressAsync("Space");
        await TabToAsync(teacher.Page, "#go");
        await keys.PressAsync("Enter");
        await teacher.ShowsStudentAsync("s-1", "away");
        await teacher.ShowsStudentAsync("s-2", "connected");
        await Expect(teacher.Status).ToHaveTextAsync("On air – nobody is listening");

        await keys.PressAsync("2");
        await teacher.ShowsListenerAsync("José");
        await student.ShowsTalkingAsync();
        await keys.PressAsync("Escape");
        await student.ShowsWaitingAsync();
        await keys.PressAsync("1");
        await Expect(teacher.Status).ToHaveTextAsync("On air to Ana, who is away");

        // Search without case and accents; Enter takes the first that is found.
        await keys.PressAsync("/");
        await keys.TypeAsync("JOSE");
        await Expect(teacher.Page.Locator("[data-student-row]:visible")).ToHaveCountAsync(1);
        await keys.PressAsync("Enter");
        await teacher.ShowsListenerAsync("José");
        await student.Page.HearsAsync(2);
        await keys.PressAsync("Escape");
        await Expect(teacher.Page.Locator("[data-student-row]:visible")).ToHaveCountAsync(3);
        await teacher.ShowsListenerAsync("José");

        // Arrows from one to the next, and back into the search; the answer is read by its mark.
        await student.AnswerAsync("3/4");
        await teacher.ShowsUnreadAsync("s-2", "1 new");
        await keys.PressAsync("ArrowDown");
        await keys.PressAsync("ArrowDown");
        await Expect(teacher.Page.Locator("button[data-student='s-2']")).ToBeFocusedAsync();
        await keys.PressAsync("Tab");
        await keys.PressAsync("Enter");
        await Expect(teacher.Page.Locator("[data-student-row='s-2'] .badge")).ToBeHiddenAsync();

        // While the page asks whether to end the lesson, keys are for that question alone.
        await teacher.Page.Locator("#end").ClickAsync();
        foreach (var key in new[] { "m", "1" })
            await keys.PressAsync(key);
        await teacher.Page.GetByRole(AriaRole.Button, new() { Name = "No, go on" }).ClickAsync();
        await Expect(teacher.Page.Locator("#mute")).ToHaveTextAsync("Mute");
        await teacher.ShowsListenerAsync("José");
        await keys.PressAsync("m");
        await student.ShowsAsync("Your teacher is with you and has muted the microphone");
        await teacher.Page.ReloadAsync();
        await student.ShowsTalkingAsync();
        teacher.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task Microphone_SilentOrTooLoud_IsToldInWordsBeforeGoingOnAir()
    {
        await using var server = await ServerProcess.StartAsync();
        var teacher = await TeacherPage.OpenAsync(Browser, server, Lesson, script: """
            // A microphone whose loudness the test turns.
            navigator.mediaDevices.getUserMedia = async () => {
              const context = new AudioContext();
              addEventListener('pointerdown', () => context.resume());
              const tone = new OscillatorNode(context, { frequency: 300 });
              window.loudness = new GainNode(context, { gain: 0.2 });
              const out = new MediaStreamAudioDestinationNode(context, { channelCount: 1 });
              tone.connect(loudness).connect(out);
              tone.start();
              return out.stream;
            };
            """);
        await Expect(teacher.Page.Locator("#mic-text")).ToHaveTextAsync("Say something: the bar should move.");
        await teacher.Page.Locator("h1").ClickAsync();
        await teacher.Page.WaitForFunctionAsync("() => document.querySelector('#mic-level').ariaValueNow > 30");
        await Expect(teacher.Page.Locator("#alarms")).ToBeEmptyAsync();

        await teacher.Page.EvaluateAsync("loudness.gain.value = 0");
        await Expect(teacher.Alarm("silent")).ToContainTextAsync("No sound comes from your microphone.");
        await teacher.Page.EvaluateAsync("loudness.gain.value = 3");
        await Expect(teacher.Alarm("clipping")).ToContainTextAsync("too loud");
        await Expect(teacher.Alarm("silent")).ToBeHiddenAsync();
        await teacher.Page.EvaluateAsync("loudness.gain.value = 0.2");
        await Expect(teacher.Alarm("clipping")).ToBeHiddenAsync();

        await teacher.Page.GetByRole(AriaRole.Button, new() { Name = "Hear yourself" }).ClickAsync();
        await Expect(teacher.Page.Locator("#mic-text")).ToHaveTextAsync("This is how you sound…");
        await Expect(teacher.Page.Locator("#mic-text")).ToHaveTextAsync("Say something: the bar should move.", new() { Timeout = 15_000 });
        teacher.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task Microphone_ChosenUnpluggedAndPluggedInAgain_IsFollowedAndRemembered()
    {
        await using var server = await ServerProcess.StartAsync();
        var teacher = await TeacherPage.OpenAsync(Browser, server, Lesson, script: """
            // Chromium's fake microphones cannot be pulled out: the list leaves one out, and the track that it gave ends.
            const devices = navigator.mediaDevices;
            const [list, open] = [devices.enumerateDevices.bind(devices), devices.getUserMedia.bind(devices)];
            let out = '';
            let track;
            devices.enumerateDevices = async () => (await list()).filter(({ deviceId }) => deviceId !== out);
            devices.getUserMedia = async (wish) => {
              if (out && wish.audio.deviceId?.exact === out) throw new OverconstrainedError('deviceId');
              const stream = await open(wish);
              [track] = stream.getAudioTracks();
              return stream;
            };
            window.plug = (gone) => {
              out = gone;
              if (gone) track.dispatchEvent(new Event('ended'));
              devices.dispatchEvent(new Event('devicechange'));
            };
            """);
        var choice = teacher.Page.Locator("#microphone");
        await Expect(choice.Locator("option")).Not.ToHaveCountAsync(0);
        var usual = await choice.InputValueAsync();
        var other = await choice.EvaluateAsync<string>("(choice) => [...choice.options].map(({ value }) => value).findLast((value) => value !== choice.value)");

        await choice.SelectOptionAsync(other);
        await Expect(choice).ToHaveValueAsync(other);
        await teacher.Page.EvaluateAsync("other => plug(other)", other);
        await Expect(teacher.Alarm("unplugged")).ToContainTextAsync("Your microphone was unplugged. Another one is used now.");
        await Expect(choice).ToHaveValueAsync(usual);
        await teacher.Page.EvaluateAsync("() => plug('')");
        await Expect(choice).ToHaveValueAsync(other);
        await teacher.Page.ReloadAsync();
        await Expect(choice).ToHaveValueAsync(other);
        teacher.Errors.ShouldBeEmpty();
    }

    private static async Task TabToAsync(IPage page, string selector)
    {
        for (var i = 0; i < 40 && !await page.EvaluateAsync<bool>("selector => document.activeElement.matches(selector)", selector); i++)
            await page.Keyboard.PressAsync("Tab");
        await Expect(page.Locator(selector)).ToBeFocusedAsync();
    }
}
