using System.Text;
using Ttm.Recorder.Recordings;
using Ttm.Testing;

namespace Ttm.Recorder.Tests.Recordings;

/// <summary>Whole lessons that are too large, or whose recordings the store does not give back.</summary>
public sealed class WholeLessonRoomTests : IAsyncDisposable
{
    private const string Lesson = RecorderFixture.Lesson;
    private const string Place = "lessons/2030-01-07/algebra-1/";

    private readonly RecorderFixture _fixture = new();

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task LessonEnded_WithoutRoomForTheWhole_StoresTheManifestAndTheWholeWhenThereIsRoom()
    {
        RecorderService service = await _fixture.StartAsync(adjust: options => options with { MinFreeBytes = new DriveInfo(_fixture.Directory).TotalSize });
        await RecordLessonAsync(service, TimeSpan.FromMinutes(1));
        _fixture.Store.Attempts.ShouldNotContain(Place + "lesson.mp3");
        Directory.EnumerateFiles(_fixture.Spool, "*.draft").ShouldBeEmpty();
        await RecorderFixture.StopAsync(service);

        RecorderService next = await _fixture.StartAsync();
        await next.WaitForIdleAsync();
        _fixture.Store.Objects.Keys.ShouldContain(Place + "lesson.mp3");
        (await new LessonVerifier(_fixture.Store).VerifyAsync("lessons/", default)).Problems.ShouldBeEmpty();
    }

    [Fact]
    public async Task LessonEnded_OfMoreThanADay_JoinsNothing()
    {
        RecorderService service = await _fixture.StartAsync();
        await RecordLessonAsync(service, TimeSpan.FromDays(3));
        await RecorderFixture.StopAsync(service);
        _fixture.Store.Attempts.ShouldNotContain(Place + "lesson.mp3");
        (await new LessonVerifier(_fixture.Store).VerifyAsync("lessons/", default)).Problems.ShouldBeEmpty();
    }

    [Fact]
    public async Task LessonEnded_WhileTheStoreReadsNothing_KeepsNoRecordingFromTheStore()
    {
        var never = new TaskCompletionSource();
        var store = new HookStore(_fixture.Store) { BeforeRead = _ => never.Task };
        RecorderService service = await _fixture.StartAsync(store: store, adjust: options => options with { ParallelUploads = 1 });
        DateTimeOffset startedAt = _fixture.Now;
        _fixture.Record(service, "s-1", 0, 50);
        await RecorderFixture.ReadAsync(service, 3);
        service.LessonEnded(Lesson, startedAt, _fixture.Now, []);
        await Until.TrueAsync(() => Directory.EnumerateFiles(_fixture.Spool, "*.draft").Any());
        _fixture.Record(service, "s-2", 50, 100);
        (await RecorderFixture.ReadAsync(service, 3))[2].Type.ShouldBe("recording.stored");
    }

    private async Task RecordLessonAsync(RecorderService service, TimeSpan pause)
    {
        DateTimeOffset startedAt = _fixture.Now;
        _fixture.Record(service, "s-1", 0, 50);
        _fixture.Skip(0, (int)(pause.TotalMilliseconds / 20));
        _fixture.Record(service, "s-2", 50, 100);
        service.LessonEnded(Lesson, startedAt, _fixture.Now, [new LessonMessage("m1", "s-1", "page 7", startedAt)]);
        await RecorderFixture.ReadAsync(service, 6);
        await service.WaitForIdleAsync();
        Encoding.UTF8.GetString(_fixture.Store.Objects[Place + "manifest.json"]).ShouldContain("page 7");
    }
}
