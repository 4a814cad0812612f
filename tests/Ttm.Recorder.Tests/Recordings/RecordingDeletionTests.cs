using System.Text;
using Microsoft.Extensions.Logging;
using Ttm.Recorder.Recordings;

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
