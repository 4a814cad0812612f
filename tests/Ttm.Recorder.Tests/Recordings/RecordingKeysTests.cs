using Ttm.Recorder.Recordings;
using Ttm.Recorder.Storage;

namespace Ttm.Recorder.Tests.Recordings;

/// <summary>No recording takes another one's key or number, whatever the books do not know.</summary>
public sealed class RecordingKeysTests : IAsyncDisposable
{
    private const string Lesson = RecorderFixture.Lesson;
    private const string Place = "lessons/2030-01-07/algebra-1/";

    private readonly RecorderFixture _fixture = new();

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Theory]
    [InlineData("s-1")]
    [InlineData("s-2")]
    public async Task Start_WithTheStoreBackAfterARestart_LeavesOlderRecordingsTheirKeysAndNumbers(string student)
    {
        byte[] older = await _fixture.RecordOlderAsync();
        _fixture.Store.IsAway = true;
        RecorderService elsewhere = await _fixture.StartAsync("elsewhere");
        _fixture.Record(elsewhere, student, 50, 75);
        _fixture.Record(elsewhere, student, 75, 100);
        await RecorderFixture.ReadAsync(elsewhere, 4);
        await elsewhere.DisposeAsync();

        _fixture.Store.IsAway = false;
        RecorderService next = await _fixture.StartAsync("elsewhere");
        var stored = (await RecorderFixture.ReadAsync(next, 4)).Where(one => one.Type == RecordingEventTypes.Stored);
        await next.WaitForIdleAsync();
        _fixture.Store.Objects[Place + "0001-s-1.mp3"].ShouldBe(older);
        next.List(Lesson).Select(recording => (recording.Sequence, recording.Student)).ShouldBe([(1, "s-1"), (2, student), (3, student)]);
        stored.Select(one => one.Recording.Sequence).ShouldBe([2, 3], ignoreOrder: true);
        _fixture.Store.Objects.Keys.ShouldContain($"{Place}0002-{student}.mp3");
        (await _fixture.VerifyAsync()).ShouldBeEmpty();
    }

    /// <summary>What an older machine stored in the moment before its disk was lost is in no manifest.</summary>
    [Fact]
    public async Task Store_WhereAnUnlistedObjectHasTheKey_LeavesItAlone()
    {
        _fixture.Store.Objects[Place + "0001-s-1.mp3"] = [1, 2, 3];
        RecorderService service = await _fixture.StartAsync();
        _fixture.Record(service, "s-1", 0, 50);
        Recording stored = (await RecorderFixture.ReadAsync(service, 3))[2].Recording;
        stored.Location.ShouldBe($"mem://{Place}0001-s-1-{stored.Id}.mp3");
        _fixture.Store.Objects[Place + "0001-s-1.mp3"].Length.ShouldBe(3);
        await RecorderFixture.StopAsync(service);
    }

    /// <summary>The answer is lost; the next process must not take the object for another recording's.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Start_AfterAnUploadWhoseAnswerWasLost_StoresUnderTheSameKey(bool isTaken)
    {
        if (isTaken)
            _fixture.Store.Objects[Place + "0001-s-1.mp3"] = [1, 2, 3];
        (RecorderService service, string key) = await LoseTheAnswerAsync();
        await service.DisposeAsync();

        RecorderService next = await _fixture.StartAsync();
        (await RecorderFixture.ReadAsync(next, 2))[1].Recording.Location.ShouldBe("mem://" + key);
        await next.WaitForIdleAsync();
        _fixture.Store.Objects.Keys.Count(one => one.EndsWith(".mp3", StringComparison.Ordinal)).ShouldBe(isTaken ? 2 : 1);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Delete_OfAnUploadWhoseAnswerWasLost_RemovesItsOwnObjectAlone(bool isTaken)
    {
        if (isTaken)
            _fixture.Store.Objects[Place + "0001-s-1.mp3"] = [1, 2, 3];
        _fixture.Store.IsAway = true;
        (RecorderService service, string key) = await LoseTheAnswerAsync(() => _fixture.Store.IsAway = false);
        (await service.DeleteAsync(service.List(Lesson)[0].Id, "office", "by mistake", default)).ShouldBe(DeletionOutcome.Deleted);
        _fixture.Store.Objects.ContainsKey(key).ShouldBeFalse();
        _fixture.Store.Objects.ContainsKey(Place + "0001-s-1.mp3").ShouldBe(isTaken);
        await service.DisposeAsync();
    }

    /// <summary>Decided while the older recording was out of sight: a bucket that was restored since, say.</summary>
    [Fact]
    public async Task Start_WithADecidedKeyThatAManifestGivesToAnother_LeavesThatOneAlone()
    {
        byte[] older = await _fixture.RecordOlderAsync();
        KeyValuePair<string, byte[]>[] objects = [.. _fixture.Store.Objects];
        _fixture.Store.Objects.Clear();
        var tried = new TaskCompletionSource<string>();
        var store = new HookStore(_fixture.Store)
        {
            BeforePut = key =>
            {
                tried.TrySetResult(key);
                throw new ObjectStoreException("The connection was lost.", transient: true);
            },
        };
        RecorderService elsewhere = await _fixture.StartAsync("elsewhere", store);
        _fixture.Record(elsewhere, "s-1", 50, 75);
        (await tried.Task.WaitAsync(TimeSpan.FromSeconds(30))).ShouldBe(Place + "0001-s-1.mp3");
        await elsewhere.DisposeAsync();

        foreach ((string key, byte[] content) in objects)
            _fixture.Store.Objects[key] = content;
        File.Delete(Path.Combine(_fixture.Spool, "books", "complete"));
        RecorderService next = await _fixture.StartAsync("elsewhere");
        (await RecorderFixture.ReadAsync(next, 2))[1].Recording.Location.ShouldBe($"mem://{Place}0002-s-1.mp3");
        await next.WaitForIdleAsync();
        _fixture.Store.Objects[Place + "0001-s-1.mp3"].ShouldBe(older);
        (await _fixture.VerifyAsync()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Start_OnASpoolOfAnOlderVersion_AsksForTheKeyFirst(bool isOurs)
    {
        _fixture.Store.IsAway = true;
        RecorderService service = await _fixture.StartAsync();
        _fixture.Record(service, "s-1", 0, 50);
        await RecorderFixture.ReadAsync(service, 2);
        await service.DisposeAsync();
        string state = Directory.GetFiles(_fixture.Spool, "rec_*.json").ShouldHaveSingleItem();
        string old = (await File.ReadAllTextAsync(state)).Replace(",\"isKeyDecided\":false", "", StringComparison.Ordinal);
        old.ShouldNotContain("isKeyDecided");
        await File.WriteAllTextAsync(state, old);

        _fixture.Store.IsAway = false;
        _fixture.Store.Objects[Place + "0001-s-1.mp3"] = isOurs ? await File.ReadAllBytesAsync(Path.ChangeExtension(state, ".mp3")) : [1, 2, 3];
        RecorderService next = await _fixture.StartAsync();
        Recording stored = (await RecorderFixture.ReadAsync(next, 2))[1].Recording;
        stored.Location.ShouldBe(isOurs ? $"mem://{Place}0001-s-1.mp3" : $"mem://{Place}0001-s-1-{stored.Id}.mp3");
    }

    /// <summary>Records for s-1; the object gets into the store, and the recorder does not hear of it.</summary>
    private async Task<(RecorderService Service, string Key)> LoseTheAnswerAsync(Action? onceStarted = null)
    {
        var put = new TaskCompletionSource<string>();
        var store = new HookStore(_fixture.Store)
        {
            BeforePut = key =>
            {
                if (!key.EndsWith(".mp3", StringComparison.Ordinal))
                    return Task.CompletedTask;
                _fixture.Store.Objects[key] = [4, 5];
                put.TrySetResult(key);
                throw new ObjectStoreException("The connection was lost.", transient: true);
            },
        };
        RecorderService service = await _fixture.StartAsync(store: store);
        onceStarted?.Invoke();
        _fixture.Record(service, "s-1", 0, 50);
        return (service, await put.Task.WaitAsync(TimeSpan.FromSeconds(30)));
    }
}
