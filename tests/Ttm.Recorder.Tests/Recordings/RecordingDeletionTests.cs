using System.Text;
using Microsoft.Extensions.Logging;
using Ttm.Recorder.Recordings;
using Ttm.Recorder.Storage;
using Ttm.Testing;

namespace Ttm.Recorder.Tests.Recordings;

/// <summary>Deletions at awkward moments: what is refused leaves all as it was, and what is deleted stays away.</summary>
public sealed class RecordingDeletionTests : IAsyncDisposable
{
    private const string Lesson = RecorderFixture.Lesson;
    private const string Place = "lessons/2030-01-07/algebra-1/";

    private readonly RecorderFixture _fixture = new();

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task Delete_WhereTheDiskRefuses_ChangesNothing()
    {
        RecorderService service = await _fixture.StartAsync();
        _fixture.Record(service, "s-1", 0, 50);
        await RecorderFixture.ReadAsync(service, 3);
        await service.WaitForIdleAsync();
        await DeleteRefusedAsync(service);
        service.List(Lesson)[0].Status.ShouldBe(RecordingStatus.Stored);

        // The lesson's next entry must not bring the refused one with it.
        _fixture.Record(service, "s-2", 50, 100);
        await RecorderFixture.ReadAsync(service, 3);
        await service.WaitForIdleAsync();
        service.List(Lesson).Count.ShouldBe(2);
        (await service.OpenAudioAsync(service.List(Lesson)[0].Id, default)).ShouldNotBeNull();
        Manifest().ShouldContain("0001-s-1.mp3");
    }

    [Fact]
    public async Task Delete_WhereTheDiskRefuses_LeavesTheUploadGoing()
    {
        RecorderService service = await _fixture.StartAsync();
        _fixture.Store.IsAway = true;
        _fixture.Record(service, "s-1", 0, 50);
        await RecorderFixture.ReadAsync(service, 2);
        await DeleteRefusedAsync(service);
        _fixture.Store.IsAway = false;
        (await RecorderFixture.ReadAsync(service, 1))[0].Type.ShouldBe("recording.stored");
    }

    [Fact]
    public async Task Delete_WhereTheDiskDoesNotGiveItsState_LeavesTheUploadGoing()
    {
        var logs = new StoppingLog("BooksRefused");
        RecorderService service = await _fixture.StartAsync(logs: logs);
        _fixture.Store.IsAway = true;
        _fixture.Record(service, "s-1", 0, 50);
        await RecorderFixture.ReadAsync(service, 2);
        string id = service.List(Lesson)[0].Id;
        string state = Path.Combine(_fixture.Spool, id + ".json");
        await Until.TrueAsync(() => File.Exists(state));
        File.Move(state, state + ".kept");
        File.CreateSymbolicLink(state, "/proc/self/mem");
        await Should.ThrowAsync<IOException>(() => service.DeleteAsync(id, "office", "by mistake", default));
        await logs.Stopped.Task.WaitAsync(TimeSpan.FromSeconds(60));
        File.Move(state + ".kept", state, overwrite: true);
        logs.Go.Set();
        _fixture.Store.IsAway = false;
        (await RecorderFixture.ReadAsync(service, 1))[0].Type.ShouldBe("recording.stored");
    }

    [Fact]
    public async Task Delete_BetweenTheFinishedMp3AndItsUpload_UploadsNothing()
    {
        var logs = new StoppingLog("Finished");
        RecorderService service = await _fixture.StartAsync(logs: logs);
        _fixture.Record(service, "s-1", 0, 50);
        await logs.Stopped.Task.WaitAsync(TimeSpan.FromSeconds(60));
        string id = service.List(Lesson)[0].Id;
        service.List(Lesson)[0].Status.ShouldBe(RecordingStatus.Uploading);
        (await service.DeleteAsync(id, "office", "by mistake", default)).ShouldBe(DeletionOutcome.Deleted);
        logs.Go.Set();
        await RecorderFixture.StopAsync(service);
        service.Uploads.Waiting.ShouldBe(0);
        _fixture.Store.Attempts.ShouldAllBe(key => key == Place + "manifest.json");
        Directory.EnumerateFiles(_fixture.Spool, "rec_*").ShouldBeEmpty();
    }

    [Fact]
    public async Task Delete_WithALongReason_KeepsAllOfIt()
    {
        string reason = new('x', 1000);
        RecorderService service = await _fixture.StartAsync();
        _fixture.Record(service, "s-1", 0, 25);
        await RecorderFixture.ReadAsync(service, 3);
        await service.DeleteAsync(service.List(Lesson)[0].Id, "office", reason, default);
        await service.WaitForIdleAsync();
        Manifest().ShouldContain(reason);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Delete_WhileTheWholeLessonIsUploaded_LeavesNoneOfItsSound(bool crashes)
    {
        var begun = new TaskCompletionSource();
        var go = new TaskCompletionSource();
        var store = new HookStore(_fixture.Store)
        {
            BeforePut = async key =>
            {
                if (!key.EndsWith("lesson.mp3", StringComparison.Ordinal))
                    return;
                _fixture.Store.Objects[key] = [1, 2, 3];
                begun.TrySetResult();
                await go.Task;
            },
        };
        RecorderService service = await _fixture.StartAsync(store: store);
        DateTimeOffset startedAt = _fixture.Now;
        _fixture.Record(service, "s-1", 0, 50);
        await RecorderFixture.ReadAsync(service, 3);
        service.LessonEnded(Lesson, startedAt, _fixture.Now, []);
        await begun.Task.WaitAsync(TimeSpan.FromSeconds(60));
        Task<DeletionOutcome> deletion = service.DeleteAsync(service.List(Lesson)[0].Id, "office", "the parents asked", default);
        if (crashes)
        {
            (await deletion).ShouldBe(DeletionOutcome.Pending);
            await service.DisposeAsync();
            service = await _fixture.StartAsync();
        }
        else
        {
            await Task.Delay(300);
            go.SetResult();
            (await deletion).ShouldBe(DeletionOutcome.Deleted);
        }

        await service.WaitForIdleAsync();
        _fixture.Store.Objects.Keys.ShouldBe([Place + "manifest.json"]);
        (await new LessonVerifier(_fixture.Store).VerifyAsync(Place, default)).Problems.ShouldBeEmpty();
    }

    [Fact]
    public async Task Delete_ThatTheStoreRefuses_HoldsUpNoManifest()
    {
        var store = new HookStore(_fixture.Store) { BeforeDelete = _ => throw new ObjectStoreException("Forbidden.", transient: false) };
        RecorderService service = await _fixture.StartAsync(store: store);
        _fixture.Record(service, "s-1", 0, 25);
        await RecorderFixture.ReadAsync(service, 3);
        (await service.DeleteAsync(service.List(Lesson)[0].Id, "office", "the parents asked", default)).ShouldBe(DeletionOutcome.Pending);
        _fixture.Record(service, "s-2", 50, 75);
        await RecorderFixture.ReadAsync(service, 3);
        await Until.TrueAsync(() => Manifest().Contains("s-2", StringComparison.Ordinal));

        // It is not forgotten over a restart.
        await service.DisposeAsync();
        RecorderService next = await _fixture.StartAsync();
        await next.WaitForIdleAsync();
        _fixture.Store.Objects.Keys.Order().ShouldBe([Place + "0002-s-2.mp3", Place + "manifest.json"]);
    }

    [Fact]
    public async Task Verify_OfAWholeLessonWithWhatIsDeletedOrUnknown_SaysSo()
    {
        RecorderService service = await _fixture.StartAsync();
        DateTimeOffset startedAt = _fixture.Now;
        for (int i = 0; i < 3; i++)
            _fixture.Record(service, "s-" + i, i * 25, (i + 1) * 25);
        service.LessonEnded(Lesson, startedAt, _fixture.Now, []);
        await RecorderFixture.ReadAsync(service, 9);
        await service.WaitForIdleAsync();
        string[] ids = [.. service.List(Lesson).Select(recording => recording.Id)];
        await service.DeleteAsync(ids[1], "office", "the parents asked", default);
        await service.WaitForIdleAsync();
        string manifest = Manifest();
        foreach ((string id, string problem) in new[] { (ids[1], $"{Place}lesson.mp3 holds the deleted recording {ids[1]}."), ("rec_x", $"{Place}lesson.mp3 holds the recording rec_x, which is in no manifest.") })
        {
            string changed = manifest.Replace($"[\"{ids[0]}\",\"{ids[2]}\"]", $"[\"{ids[0]}\",\"{id}\",\"{ids[2]}\"]", StringComparison.Ordinal);
            _fixture.Store.Objects[Place + "manifest.json"] = Encoding.UTF8.GetBytes(changed);
            (await new LessonVerifier(_fixture.Store).VerifyAsync(Place, default)).Problems.ShouldBe([problem]);
        }
    }

    private async Task DeleteRefusedAsync(RecorderService service)
    {
        string obstacle = Path.Combine(_fixture.Spool, "books", Lesson + ".json.new");
        Directory.CreateDirectory(obstacle);
        await Should.ThrowAsync<UnauthorizedAccessException>(() => service.DeleteAsync(service.List(Lesson)[0].Id, "office", "the parents asked", default));
        Directory.Delete(obstacle);
    }

    private string Manifest() => Encoding.UTF8.GetString(_fixture.Store.Objects[Place + "manifest.json"]);

    /// <summary>Stops whoever first writes an event of that name, until told to go on.</summary>
    private sealed class StoppingLog(string name) : ILoggerFactory, ILogger
    {
        public TaskCompletionSource Stopped { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ManualResetEventSlim Go { get; } = new();

        public void AddProvider(ILoggerProvider provider)
        {
        }

        public ILogger CreateLogger(string categoryName) => this;

        public void Dispose() => Go.Dispose();

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (eventId.Name == name && Stopped.TrySetResult())
                Go.Wait(TimeSpan.FromSeconds(30));
        }
    }
}
