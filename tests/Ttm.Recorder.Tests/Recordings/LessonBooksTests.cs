using Ttm.Recorder.Recordings;
using Ttm.Recorder.Tests.Simulation;

namespace Ttm.Recorder.Tests.Recordings;

/// <summary>A lesson's end, deletions, and what the verification says of them.</summary>
public sealed class LessonBooksTests : IAsyncDisposable
{
    private const string Lesson = RecorderFixture.Lesson;
    private const string Place = "lessons/2030-01-07/algebra-1/";

    private readonly RecorderFixture _fixture = new();

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task LessonEnded_WithAPause_StoresTheWholeWithEachPartAtItsPlace()
    {
        RecorderService service = await RecordLessonAsync();
        await RecorderFixture.StopAsync(service);

        short[] heard = Play("lesson.mp3");
        heard.Length.ShouldBeInRange(96_000 - 30, 96_000 + 30);
        int[] symbols = Tones.Read(heard, 24_000);
        symbols[..3].ShouldBe([0, 1, 2]);
        symbols[4..7].ShouldBe([4, 5, 6]);
        symbols[8..12].ShouldBe([-1, -1, -1, -1]);
        symbols[13..16].ShouldBe([13, 14, 15]);
        string manifest = Manifest();
        manifest.ShouldContain("\"text\":\"page 7\"");
        manifest.ShouldContain("\"key\":\"lessons/2030-01-07/algebra-1/lesson.mp3\"");
        await VerifyAsync();
    }

    [Fact]
    public async Task Delete_OfAStoredRecording_LeavesSilenceAndATombstoneAcrossRestarts()
    {
        RecorderService service = await RecordLessonAsync();
        await service.WaitForIdleAsync();
        string id = service.List(Lesson)[1].Id;
        (await service.DeleteAsync(id, "office", "the parents asked", default)).ShouldBe(DeletionOutcome.Deleted);
        (await service.DeleteAsync(id, "office", "the parents asked", default)).ShouldBe(DeletionOutcome.Deleted);
        service.Find(id).ShouldBeNull();
        (await service.OpenAudioAsync(id, default)).ShouldBeNull();
        await RecorderFixture.StopAsync(service);
        _fixture.Store.Objects.Keys.ShouldNotContain(Place + "0002-s-2.mp3");
        Manifest().ShouldContain("the parents asked");
        Tones.Read(Play("lesson.mp3"), 24_000)[4..12].ShouldAllBe(symbol => symbol == -1);
        await VerifyAsync();

        RecorderService next = await _fixture.StartAsync("elsewhere");
        next.Find(id).ShouldBeNull();
        next.List(Lesson).Select(recording => recording.Sequence).ShouldBe([1, 3]);
        (await next.DeleteAsync(id, "office", "again", default)).ShouldBe(DeletionOutcome.Deleted);
        (await next.DeleteAsync("rec_none", "office", "again", default)).ShouldBe(DeletionOutcome.Unknown);
        RecordingHandle fourth = _fixture.Begin(next, "s-4");
        next.Find(fourth.Id)!.Sequence.ShouldBe(4);
        (await next.DeleteAsync(fourth.Id, "office", "now", default)).ShouldBe(DeletionOutcome.NotYet);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Delete_DuringALesson_LeavesItsPlaceSilent(bool wholeLesson)
    {
        RecorderService service = await _fixture.StartAsync(adjust: options => options with { WholeLesson = wholeLesson });
        DateTimeOffset startedAt = _fixture.Now;
        _fixture.Record(service, "s-1", 0, 50);
        await service.WaitForIdleAsync();
        string id = service.List(Lesson)[0].Id;
        (await service.DeleteAsync(id, "office", "by mistake", default)).ShouldBe(DeletionOutcome.Deleted);
        _fixture.Store.Objects.Keys.ShouldBe([Place + "manifest.json"]);

        _fixture.Record(service, "s-2", 50, 100);
        service.LessonEnded(Lesson, startedAt, _fixture.Now, []);
        await RecorderFixture.StopAsync(service);
        Manifest().ShouldContain("\"offset\":24000,");
        _fixture.Store.Objects.Keys.ShouldNotContain(Place + "0001-s-1.mp3");
        _fixture.Store.Objects.ContainsKey(Place + "lesson.mp3").ShouldBe(wholeLesson);
        if (wholeLesson)
            Tones.Read(Play("lesson.mp3"), 24_000)[..7].ShouldBe([-1, -1, -1, -1, 4, 5, 6]);
        await VerifyAsync();
    }

    [Fact]
    public async Task Delete_WhileTheStoreIsAway_NeverUploadsIt()
    {
        RecorderService service = await _fixture.StartAsync();
        _fixture.Store.IsAway = true;
        _fixture.Record(service, "s-1", 0, 25);
        await RecorderFixture.ReadAsync(service, 2);
        string id = service.List(Lesson)[0].Id;
        (await service.DeleteAsync(id, "office", "by mistake", default)).ShouldNotBe(DeletionOutcome.NotYet);
        Directory.EnumerateFiles(_fixture.Spool, "rec_*").ShouldBeEmpty();
        _fixture.Store.IsAway = false;
        await service.WaitForIdleAsync();
        _fixture.Store.Objects.Keys.ShouldBe([Place + "manifest.json"]);
    }

    /// <summary>The first recording was stored last, so the whole of the others was named by the second's number.</summary>
    [Fact]
    public async Task Start_WithAWholeThatIsNamedByALaterNumber_ReplacesIt()
    {
        RecorderService service = await _fixture.StartAsync();
        DateTimeOffset startedAt = _fixture.Now;
        _fixture.Record(service, "s-1", 0, 25);
        _fixture.Record(service, "s-2", 25, 50);
        service.LessonEnded(Lesson, startedAt, _fixture.Now, []);
        await RecorderFixture.ReadAsync(service, 6);
        await service.WaitForIdleAsync();
        string[] ids = [.. service.List(Lesson).Select(recording => recording.Id)];
        await RecorderFixture.StopAsync(service);
        string book = Path.Combine(_fixture.Spool, "books", Lesson + ".json");
        string text = (await File.ReadAllTextAsync(book)).Replace("/lesson.mp3", "/lesson-0002.mp3", StringComparison.Ordinal);
        string changed = text.Replace($"[\"{ids[0]}\",\"{ids[1]}\"]", $"[\"{ids[1]}\"]", StringComparison.Ordinal);
        changed.ShouldNotBe(text);
        await File.WriteAllTextAsync(book, changed);
        await File.WriteAllTextAsync(Path.ChangeExtension(book, ".dirty"), "");
        _fixture.Store.Objects.TryRemove(Place + "lesson.mp3", out byte[]? whole).ShouldBeTrue();
        _fixture.Store.Objects[Place + "lesson-0002.mp3"] = [1];

        RecorderService next = await _fixture.StartAsync();
        await next.WaitForIdleAsync();
        _fixture.Store.Objects[Place + "lesson-0002.mp3"].ShouldBe(whole);
        (await _fixture.VerifyAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task LessonEnded_WhereNothingWasRecorded_LeavesNoTrace()
    {
        RecorderService service = await _fixture.StartAsync();
        service.LessonEnded("silent", _fixture.Now, _fixture.Now, [new LessonMessage("m", "t", "hello", _fixture.Now)]);
        await RecorderFixture.StopAsync(service);
        _fixture.Store.Objects.ShouldBeEmpty();
        Directory.EnumerateFiles(Path.Combine(_fixture.Spool, "books"), "silent*").ShouldBeEmpty();
    }

    [Fact]
    public async Task Verify_WhatWasTamperedWith_SaysWhat()
    {
        RecorderService service = await RecordLessonAsync();
        await RecorderFixture.StopAsync(service);
        var objects = _fixture.Store.Objects;
        byte[] mp3 = objects[Place + "0001-s-1.mp3"];

        objects[Place + "0001-s-1.mp3"] = mp3[..^10];
        (await ProblemsAsync()).ShouldContain(problem => problem.Contains("0001-s-1.mp3 has", StringComparison.Ordinal));
        byte[] changed = [.. mp3];
        changed[^10] ^= 1;
        objects[Place + "0001-s-1.mp3"] = changed;
        (await ProblemsAsync()).ShouldContain(problem => problem.Contains("another SHA-256", StringComparison.Ordinal));
        objects.TryRemove(Place + "0001-s-1.mp3", out _);
        (await ProblemsAsync()).ShouldContain(Place + "0001-s-1.mp3 is missing.");
        objects[Place + "0001-s-1.mp3"] = mp3;
        objects[Place + "0009-s-9.mp3"] = mp3;
        (await ProblemsAsync()).ShouldBe([Place + "0009-s-9.mp3 is in no manifest."]);
        objects.TryRemove(Place + "0009-s-9.mp3", out _);
        objects[Place + "manifest.json"] = System.Text.Encoding.UTF8.GetBytes(Manifest().Replace("\"offset\":24000,", "\"offset\":24001,", StringComparison.Ordinal));
        (await ProblemsAsync()).ShouldContain(problem => problem.Contains("1 samples are missing", StringComparison.Ordinal));
        objects[Place + "manifest.json"] = [1, 2];
        (await ProblemsAsync()).ShouldContain(problem => problem.Contains("cannot be read", StringComparison.Ordinal));
        (await new LessonVerifier(_fixture.Store).VerifyAsync("nowhere/", default)).Problems.ShouldHaveSingleItem();
    }

    // One second for s-1, one for s-2, a pause of one, one for s-3.
    private async Task<RecorderService> RecordLessonAsync()
    {
        RecorderService service = await _fixture.StartAsync();
        DateTimeOffset startedAt = _fixture.Now;
        _fixture.Record(service, "s-1", 0, 50);
        _fixture.Record(service, "s-2", 50, 100);
        _fixture.Skip(100, 150);
        _fixture.Record(service, "s-3", 150, 200);
        service.LessonEnded(Lesson, startedAt, _fixture.Now, [new LessonMessage("msg_1", "t-1", "page 7", startedAt + TimeSpan.FromSeconds(1))]);
        await RecorderFixture.ReadAsync(service, 9);
        return service;
    }

    private string Manifest() => System.Text.Encoding.UTF8.GetString(_fixture.Store.Objects[Place + "manifest.json"]);

    private short[] Play(string name)
    {
        string path = Path.Combine(_fixture.Directory, name);
        File.WriteAllBytes(path, _fixture.Store.Objects[Place + name]);
        return Ffmpeg.Decode(path, 24_000);
    }

    private async Task VerifyAsync() => (await ProblemsAsync()).ShouldBeEmpty();

    private async Task<IReadOnlyList<string>> ProblemsAsync() => (await new LessonVerifier(_fixture.Store).VerifyAsync(Place, default)).Problems;
}
