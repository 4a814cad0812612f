using System.Collections.Concurrent;
using Ttm.Sfu.Lessons;

namespace Ttm.Sfu.Tests;

public sealed class RestoreTests
{
    private readonly MemoryStore _store = new();

    [Fact]
    public async Task Restore_AfterACrash_BringsTheLessonBackAndRecordsOnceSomebodyReturns()
    {
        var disk = new MemoryStore();
        await using (var crashed = new LessonFixture(store: disk))
        {
            var before = crashed.CreateLesson("algebra", "t");
            await crashed.ConnectStudentAsync(before, "ben");
            await before.SelectAsync("anna");
            foreach (var left in disk.Load())
                await _store.SaveAsync(left);
        }

        await using var node = new LessonFixture(store: _store);
        node.Lessons.Restore();
        var lesson = node.Lessons.Find("algebra")!;
        lesson.Snapshot.State.ShouldBe(LessonState.Live);
        lesson.Snapshot.Teacher.ShouldBe(new TeacherSnapshot("t", false));
        lesson.Snapshot.Students.ShouldBe([new("ben", false, false), new("anna", false, true)]);
        lesson.Snapshot.Listener.ShouldBe("anna");
        node.Events.ShouldBeEmpty();

        await node.ConnectStudentAsync(lesson, "ben");
        node.Stretches.ShouldBeEmpty();
        var teacher = await node.ConnectTeacherAsync(lesson, "t");
        node.Stretches.ShouldHaveSingleItem().Stretch.Student.ShouldBe("anna");
        var heard = 0;
        var anna = await node.ConnectStudentAsync(lesson, "anna");
        anna.Received = (in Ttm.Rtc.Rtp.RtpPacket packet, Ttm.Rtc.Instant _) => heard += packet.Payload.Length == 4 ? 1 : 0;
        teacher.SendPacket([0xF8, 1, 0, 0]);
        await node.UntilAsync(() => heard == 1);
        node.Stretches.ShouldHaveSingleItem().Payloads.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Select_OfTheSameStudentAfterARestore_BeginsTheRecording()
    {
        await _store.SaveAsync(new("algebra", "t", ["anna"], "anna", new Dictionary<string, string>(), DateTimeOffset.UnixEpoch, null));
        await using var node = new LessonFixture(store: _store);
        node.Lessons.Restore();
        var change = (await node.Lessons.Find("algebra")!.SelectAsync("anna")).Value!;
        change.Changed.ShouldBeTrue();
        change.Recording.ShouldBe("rec-1");
        (await node.Lessons.Find("algebra")!.SelectAsync("anna")).Value!.Changed.ShouldBeFalse();
    }

    [Fact]
    public async Task Suspend_ALiveLesson_FinishesTheRecordingAndKeepsTheListener()
    {
        await using var node = new LessonFixture(store: _store);
        var lesson = node.CreateLesson("algebra");
        var teacher = await node.ConnectTeacherAsync(lesson);
        await lesson.SelectAsync("anna");
        await node.Lessons.SuspendAsync();

        node.Stretches.ShouldHaveSingleItem().Closed.ShouldNotBeNull();
        await node.UntilAsync(() => teacher.IsClosed);
        node.Events.ShouldNotContain(e => e.Type == LessonEventTypes.LessonEnded);
        var stored = _store.Load().ShouldHaveSingleItem();
        stored.Listener.ShouldBe("anna");
        stored.EndedAt.ShouldBeNull();
        (await lesson.SelectAsync("ben")).Failure.ShouldBe(LessonFailure.Full);
    }

    [Fact]
    public async Task End_ALesson_StaysEndedOverARestart()
    {
        await using (var first = new LessonFixture(store: _store))
            await first.CreateLesson("algebra").EndAsync();
        await using var second = new LessonFixture(store: _store);
        second.Lessons.Restore();
        second.Lessons.Find("algebra")!.Snapshot.State.ShouldBe(LessonState.Ended);
    }

    [Fact]
    public async Task NotRecorded_ALesson_IsNeitherSavedNorRecordedAndEndsWithTheProcess()
    {
        await using var node = new LessonFixture(store: _store);
        var lesson = node.CreateLesson("secret", isRecorded: false);
        (await lesson.SelectAsync("anna")).Value!.Recording.ShouldBeNull();
        await node.Lessons.SuspendAsync();
        node.Stretches.ShouldBeEmpty();
        _store.Load().ShouldBeEmpty();
        lesson.Snapshot.State.ShouldBe(LessonState.Ended);
    }

    [Fact]
    public async Task Create_WhileTheFormerLessonStillCloses_IsRefusedUntilAllIsToldAndSaved()
    {
        await using var node = new LessonFixture(store: _store);
        var lesson = node.CreateLesson("algebra", "t");
        await node.ConnectTeacherAsync(lesson, "t");
        for (int i = 0; i < 3; i++)
            await node.ConnectStudentAsync(lesson, $"s-{i}");
        List<LessonFailure> answers = [];

        // The teacher's connection closes first, and its page may be quick.
        node.OnPublish = e =>
        {
            if (e.Type is LessonEventTypes.TeacherDisconnected or LessonEventTypes.LessonEnded)
                answers.Add(Create().Failure);
        };
        await lesson.EndAsync();
        answers.ShouldBe([LessonFailure.LessonIsLive, LessonFailure.LessonIsLive]);

        node.OnPublish = null;
        Create().Succeeded.ShouldBeTrue();
        for (int round = 0; round < 20; round++)
        {
            var again = Task.Run(async () =>
            {
                while (!Create().Succeeded)
                    await Task.Yield();
            });
            await node.Lessons.Find("algebra")!.EndAsync();
            await again;
            _store.Load().ShouldHaveSingleItem().EndedAt.ShouldBeNull();
        }

        LessonResult<ILesson> Create() => node.Lessons.Create("algebra", "t", new Dictionary<string, string>());
    }

    [Theory]
    [InlineData("not sdp", LessonFailure.MalformedSdp)]
    [InlineData("v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n", LessonFailure.UnacceptableSdp)]
    public async Task CheckOffer_OfOneThatCannotBeServed_SaysWhy(string offer, LessonFailure failure)
    {
        await using var node = new LessonFixture();
        node.Lessons.CheckOffer(offer, true).Failure.ShouldBe(failure);
        node.Lessons.CheckOffer(node.NewClient(true).Rtc.Offer, true).Succeeded.ShouldBeTrue();
    }

    private sealed class MemoryStore : ILessonStore
    {
        private readonly ConcurrentDictionary<string, StoredLesson> _lessons = new();

        public IReadOnlyList<StoredLesson> Load() => [.. _lessons.Values];

        public Task SaveAsync(StoredLesson lesson)
        {
            _lessons[lesson.Id] = lesson;
            return Task.CompletedTask;
        }

        public Task RemoveAsync(string lesson)
        {
            _lessons.TryRemove(lesson, out _);
            return Task.CompletedTask;
        }
    }
}
