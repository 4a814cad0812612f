using Ttm.Rtc;
using Ttm.Sfu.Lessons;
using Ttm.Testing;

namespace Ttm.Sfu.Tests;

public sealed class LessonTests : IAsyncLifetime
{
    private readonly LessonFixture _node = new();

    [Fact]
    public async Task Select_AmongStudents_GivesSpeechToTheSelectedOneAlone()
    {
        var lesson = _node.CreateLesson("algebra");
        var teacher = await _node.ConnectTeacherAsync(lesson);
        var anna = new Listener(await _node.ConnectStudentAsync(lesson, "anna"));
        var ben = new Listener(await _node.ConnectStudentAsync(lesson, "ben"));

        await lesson.SelectAsync("anna");
        await _node.SpeakAsync(teacher, 1, 20);
        await lesson.SelectAsync("ben");
        await _node.SpeakAsync(teacher, 21, 40);
        await lesson.SelectAsync("anna");
        await _node.SpeakAsync(teacher, 41, 60);
        await lesson.SelectAsync(null);
        await _node.SpeakAsync(teacher, 61, 80);
        await _node.UntilAsync(() => anna.Speech.Count == 40 && ben.Speech.Count == 20);

        anna.Speech.ShouldBe([.. Enumerable.Range(1, 20), .. Enumerable.Range(41, 20)]);
        ben.Speech.ShouldBe(Enumerable.Range(21, 20));
        _node.Stretches.Select(stretch => stretch.Stretch.Student).ShouldBe(["anna", "ben", "anna"]);
        _node.Stretches.Select(stretch => stretch.Payloads.Count).ShouldBe([20, 20, 20]);
        _node.Stretches[0].Closed.ShouldBe(_node.Stretches[1].Opened);
        _node.Stretches[1].Closed.ShouldBe(_node.Stretches[2].Opened);
        anna.AssertOneStream();
        ben.AssertOneStream();
        anna.Markers.ShouldBe([1, 41]);
    }

    [Fact]
    public async Task AStudentWhoSends_IsDroppedAndCounted()
    {
        var lesson = _node.CreateLesson("algebra");
        await _node.ConnectTeacherAsync(lesson);
        var anna = await _node.ConnectStudentAsync(lesson, "anna");
        anna.SendPacket([0xF8, 1, 2, 3]);
        await _node.UntilAsync(() => _node.Port.Counters.GetDrops(DropReason.NotPublishing) == 1);
        _node.Port.Counters.PacketsForwarded.ShouldBe(0);
    }

    [Fact]
    public async Task AnUnselectedStudent_GetsATrickleOfSilence()
    {
        var lesson = _node.CreateLesson("algebra");
        var anna = new Listener(await _node.ConnectStudentAsync(lesson, "anna"));
        var begin = _node.Port.Clock.Now;
        await _node.UntilAsync(() => anna.SilenceCount >= 4);

        // Three intervals of 400 ms, less one that a busy machine may have kept from us.
        (_node.Port.Clock.Now - begin).ShouldBeGreaterThan(TimeSpan.FromMilliseconds(800));
        anna.AssertOneStream();
    }

    [Fact]
    public async Task Select_Nobody_FollowsTheSpeechWithSilenceAtOnce()
    {
        var lesson = _node.CreateLesson("algebra");
        var teacher = await _node.ConnectTeacherAsync(lesson);
        var anna = new Listener(await _node.ConnectStudentAsync(lesson, "anna"));
        await lesson.SelectAsync("anna");
        await _node.SpeakAsync(teacher, 1, 3);
        await _node.UntilAsync(() => anna.Speech.Count == 3);
        int before = anna.SilenceCount;

        await lesson.SelectAsync(null);
        var closed = _node.Port.Clock.Now;
        await _node.UntilAsync(() => anna.SilenceCount >= before + 5);

        // The trickle alone would take two seconds.
        (_node.Port.Clock.Now - closed).ShouldBeLessThan(TimeSpan.FromSeconds(1));
        anna.AssertOneStream();
    }

    [Fact]
    public async Task Select_TheSameStudentAgain_ChangesNothing()
    {
        var lesson = _node.CreateLesson("algebra");
        var first = (await lesson.SelectAsync("anna")).Value!;
        var second = (await lesson.SelectAsync("anna")).Value!;
        second.ShouldBe(first with { Changed = false });
        _node.Stretches.Count.ShouldBe(1);
    }

    [Fact]
    public async Task End_ALessonInFullSwing_ClosesAllAndPublishesTheStoryInOrder()
    {
        var lesson = _node.CreateLesson("algebra");
        var teacher = await _node.ConnectTeacherAsync(lesson);
        var anna = await _node.ConnectStudentAsync(lesson, "anna");
        await _node.UntilAsync(() => lesson.Snapshot.Students is [{ Connected: true }]);
        await lesson.SelectAsync("anna");
        await lesson.EndAsync();
        await _node.UntilAsync(() => teacher.IsClosed && anna.IsClosed);

        lesson.Snapshot.State.ShouldBe(LessonState.Ended);
        lesson.Snapshot.EndedAt.ShouldNotBeNull();
        _node.Stretches.ShouldHaveSingleItem().Closed.ShouldNotBeNull();
        (await lesson.SelectAsync("anna")).Failure.ShouldBe(LessonFailure.LessonNotFound);
        _node.Events.Select(e => e.Type).ShouldBe(
        [
            LessonEventTypes.LessonStarted,
            LessonEventTypes.TeacherConnected,
            LessonEventTypes.StudentConnected,
            LessonEventTypes.ListenerChanged,
            "recording.started",
            LessonEventTypes.ListenerChanged,
            LessonEventTypes.TeacherDisconnected,
            LessonEventTypes.StudentDisconnected,
            LessonEventTypes.LessonEnded,
        ]);
        _node.Port.SessionCount.ShouldBe(0);
    }

    [Fact]
    public async Task SetMuted_OfAConnectedTeacher_IsToldOnceAndForgottenWithTheConnection()
    {
        var lesson = _node.CreateLesson("algebra");
        (await lesson.SetMutedAsync(true)).Failure.ShouldBe(LessonFailure.SessionNotFound);
        await _node.ConnectTeacherAsync(lesson);
        await _node.UntilAsync(() => lesson.Snapshot.Teacher is { Connected: true });

        (await lesson.SetMutedAsync(true)).Value.ShouldBe(lesson.Snapshot.Teacher);
        (await lesson.SetMutedAsync(true)).Succeeded.ShouldBeTrue();
        lesson.Snapshot.Teacher!.Muted.ShouldBeTrue();
        _node.Events.Count(e => e.Type == LessonEventTypes.TeacherMuted).ShouldBe(1);

        await _node.ConnectTeacherAsync(lesson);
        await _node.UntilAsync(() => lesson.Snapshot.Teacher is { Connected: true });
        lesson.Snapshot.Teacher!.Muted.ShouldBeFalse();
    }

    [Fact]
    public async Task Create_WhileLive_IsRefusedAndAfterTheEndBeginsAnew()
    {
        var lesson = _node.CreateLesson("algebra");
        _node.Lessons.Create("algebra", null, new Dictionary<string, string>()).Failure.ShouldBe(LessonFailure.LessonIsLive);
        await lesson.EndAsync();
        _node.Lessons.Create("algebra", null, new Dictionary<string, string>()).Succeeded.ShouldBeTrue();
        _node.Lessons.List().ShouldHaveSingleItem().State.ShouldBe(LessonState.Live);
    }

    [Fact]
    public async Task GarbageAtTheMediaPort_DuringALesson_ChangesNothingForIt()
    {
        var lesson = _node.CreateLesson("algebra");
        var teacher = await _node.ConnectTeacherAsync(lesson);
        var anna = new Listener(await _node.ConnectStudentAsync(lesson, "anna"));
        await lesson.SelectAsync("anna");
        using var attacker = _node.NewClient(true);
        var target = TransportAddress.FromIPv4(0x7F000001, _node.Port.Port);
        var garbage = Mutations.Garbage(2000, 300, 5).ToList();
        for (int index = 0; index < 100; index++)
        {
            foreach (byte[] datagram in garbage.Skip(index * 20).Take(10))
                attacker.SendRaw(datagram, target);
            foreach (byte[] datagram in garbage.Skip((index * 20) + 10).Take(10))
                teacher.SendRaw(datagram, target);
            teacher.SendPacket([0xF8, (byte)(index + 1), 0, 0]);
            await _node.UntilAsync(() => anna.Speech.Count == index + 1);
        }

        anna.Speech.ShouldBe(Enumerable.Range(1, 100));
        anna.AssertOneStream();
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _node.DisposeAsync();
}
