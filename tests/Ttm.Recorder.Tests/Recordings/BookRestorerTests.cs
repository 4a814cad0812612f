using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ttm.Recorder.Recordings;
using Ttm.Recorder.Storage;
using Ttm.Testing;

namespace Ttm.Recorder.Tests.Recordings;

/// <summary>Books of a new spool, of a damaged one, and of a store that comes back late: nothing that one of them knows is lost.</summary>
public sealed class BookRestorerTests : IAsyncDisposable
{
    private const string Lesson = RecorderFixture.Lesson;
    private const string Place = "lessons/2030-01-07/algebra-1/";

    private readonly RecorderFixture _fixture = new();

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task Start_WithADamagedBook_TakesTheStoresAndReplacesNothing()
    {
        byte[] older = await _fixture.RecordOlderAsync();
        string book = Path.Combine(_fixture.Spool, "books", Lesson + ".json");
        await File.WriteAllTextAsync(book, "");

        RecorderService next = await _fixture.StartAsync();
        _fixture.Record(next, "s-1", 100, 125);
        await RecorderFixture.ReadAsync(next, 3);
        await next.WaitForIdleAsync();
        _fixture.Store.Objects[Place + "0001-s-1.mp3"].ShouldBe(older);
        next.List(Lesson).Select(recording => recording.Sequence).ShouldBe([1, 2]);
        File.Exists(book + ".damaged").ShouldBeTrue();
        (await _fixture.VerifyAsync()).ShouldBeEmpty();
    }

    /// <summary>The store is back before the restart, in the midst of a lesson that the older machine began and this one goes on with.</summary>
    [Fact]
    public async Task Publish_WhereTheStoresManifestIsNotReadYet_KeepsWhatItSays()
    {
        RecorderService old = await _fixture.StartAsync();
        DateTimeOffset startedAt = _fixture.Now;
        _fixture.Record(old, "s-1", 0, 25);
        _fixture.Record(old, "s-2", 25, 50);
        old.LessonEnded(Lesson, startedAt, _fixture.Now, [new LessonMessage("m1", "s-1", "page 7", startedAt)]);
        await RecorderFixture.ReadAsync(old, 6);
        await old.WaitForIdleAsync();
        string deleted = old.List(Lesson)[1].Id;
        (await old.DeleteAsync(deleted, "office", "by mistake", default)).ShouldBe(DeletionOutcome.Deleted);
        await RecorderFixture.StopAsync(old);

        _fixture.Store.IsAway = true;
        RecorderService elsewhere = await _fixture.StartAsync("elsewhere");
        _fixture.Skip(50, 75);
        _fixture.Record(elsewhere, "s-3", 75, 100);
        await RecorderFixture.ReadAsync(elsewhere, 2);
        RecordingHandle live = _fixture.Begin(elsewhere, "s-4");
        elsewhere.Find(live.Id)!.Sequence.ShouldBe(2);
        live.Sink.Open(_fixture.Position(100));
        _fixture.Store.IsAway = false;
        await Until.TrueAsync(() => elsewhere.List(Lesson).Count == 3);
        _fixture.Send(live.Sink, 100, 125);
        live.Sink.Close(_fixture.Position(125));
        await RecorderFixture.ReadAsync(elsewhere, 4);
        await elsewhere.WaitForIdleAsync();

        elsewhere.List(Lesson).Select(recording => (recording.Sequence, recording.Student)).ShouldBe([(1, "s-1"), (3, "s-3"), (4, "s-4")]);
        elsewhere.Find(deleted).ShouldBeNull();
        (await elsewhere.DeleteAsync(deleted, "office", "again", default)).ShouldBe(DeletionOutcome.Deleted);
        Manifest().ShouldContain("page 7");
        (await _fixture.VerifyAsync()).ShouldBeEmpty();
        await RecorderFixture.StopAsync(elsewhere);
        (await _fixture.StartAsync("elsewhere")).List(Lesson).ShouldBe(elsewhere.List(Lesson));
    }

    [Fact]
    public async Task Publish_WhereTheStoreListsNothing_StillKeepsWhatTheManifestSays()
    {
        await _fixture.RecordOlderAsync();
        var store = new HookStore(_fixture.Store) { BeforeList = _ => throw new ObjectStoreException("Permission s3:ListBucket is missing.", transient: false) };
        RecorderService elsewhere = await _fixture.StartAsync("elsewhere", store);
        _fixture.Skip(50, 75);
        _fixture.Record(elsewhere, "s-1", 75, 100);
        await RecorderFixture.ReadAsync(elsewhere, 3);
        await elsewhere.WaitForIdleAsync();
        elsewhere.List(Lesson).Select(recording => recording.Sequence).ShouldBe([1, 2]);
        (await _fixture.VerifyAsync()).ShouldBeEmpty();
    }

    /// <summary>So does S3 without s3:ListBucket.</summary>
    [Fact]
    public async Task Publish_WhereTheStoreRefusesToReadWhatIsNotThere_StoresTheManifest()
    {
        var store = new HookStore(_fixture.Store)
        {
            BeforeList = _ => throw new ObjectStoreException("Permission s3:ListBucket is missing.", transient: false),
            BeforeRead = key => _fixture.Store.Objects.ContainsKey(key) ? Task.CompletedTask : throw new ObjectStoreException("Access denied.", transient: false),
        };
        RecorderService service = await _fixture.StartAsync(store: store);
        _fixture.Record(service, "s-1", 0, 25);
        await RecorderFixture.ReadAsync(service, 3);
        await service.WaitForIdleAsync().WaitAsync(TimeSpan.FromSeconds(30));
        (await _fixture.VerifyAsync()).ShouldBeEmpty();
    }

    /// <summary>Archived, say.</summary>
    [Fact]
    public async Task Publish_WhereAListedManifestCannotBeRead_DoesNotReplaceIt()
    {
        await _fixture.RecordOlderAsync();
        string manifest = Manifest();
        var refused = new TaskCompletionSource();
        int reads = 0;
        bool refuses = true;
        var store = new HookStore(_fixture.Store)
        {
            BeforeRead = key =>
            {
                if (!Volatile.Read(ref refuses))
                    return Task.CompletedTask;
                if (Interlocked.Increment(ref reads) == 3)
                    refused.TrySetResult();
                throw new ObjectStoreException("It is archived.", transient: false);
            },
        };
        RecorderService elsewhere = await _fixture.StartAsync("elsewhere", store);
        _fixture.Skip(50, 75);
        _fixture.Record(elsewhere, "s-1", 75, 100);
        await RecorderFixture.ReadAsync(elsewhere, 3);
        await refused.Task.WaitAsync(TimeSpan.FromSeconds(30));
        Manifest().ShouldBe(manifest);
        Volatile.Write(ref refuses, false);
        await elsewhere.WaitForIdleAsync().WaitAsync(TimeSpan.FromSeconds(30));
        elsewhere.List(Lesson).Select(recording => recording.Sequence).ShouldBe([1, 2]);
        (await _fixture.VerifyAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Start_WithNewerBooksThanTheStores_KeepsThem()
    {
        var store = new HookStore(_fixture.Store);
        _fixture.Store.IsAway = true;
        RecorderService service = await _fixture.StartAsync(store: store);
        string complete = Path.Combine(_fixture.Spool, "books", "complete");
        _fixture.Store.IsAway = false;
        DateTimeOffset startedAt = _fixture.Now;
        _fixture.Record(service, "s-1", 0, 50);
        await RecorderFixture.ReadAsync(service, 3);
        await service.WaitForIdleAsync();

        store.BeforePut = key => key.EndsWith("manifest.json", StringComparison.Ordinal) ? throw new ObjectStoreException("Slow down.", true) : Task.CompletedTask;
        _fixture.Record(service, "s-2", 50, 100);
        await RecorderFixture.ReadAsync(service, 3);
        service.LessonEnded(Lesson, startedAt, _fixture.Now, [new LessonMessage("m1", "s-1", "page 7", startedAt)]);
        string book = Path.Combine(_fixture.Spool, "books", Lesson + ".json");
        await Until.TrueAsync(() => File.ReadAllText(book).Contains("page 7", StringComparison.Ordinal));
        await service.DisposeAsync();
        File.Delete(complete);

        store.BeforePut = null;
        RecorderService next = await _fixture.StartAsync(store: store);
        next.List(Lesson).Count.ShouldBe(2);
        await next.WaitForIdleAsync();
        Manifest().ShouldContain("page 7");
        Manifest().ShouldContain("s-2");
        (await _fixture.VerifyAsync()).ShouldBeEmpty();
        File.Exists(complete).ShouldBeTrue();
    }

    /// <summary>Sixteen reads at once, and what was read once is not read again.</summary>
    [Fact]
    public async Task Start_WithAManifestThatCannotBeReadYet_ListsTheOthersAndGoesOnBehind()
    {
        await _fixture.RecordOlderAsync();
        string manifest = Manifest();
        for (int i = 2; i <= 40; i++)
        {
            _fixture.Store.Objects[$"lessons/2030-01-07/algebra-{i}/manifest.json"] =
                Encoding.UTF8.GetBytes(manifest.Replace("algebra-1", $"algebra-{i}", StringComparison.Ordinal).Replace("\"id\":\"rec_", $"\"id\":\"rec_{i}", StringComparison.Ordinal));
        }

        _fixture.Store.Objects["lessons/x/manifest.json"] = Encoding.UTF8.GetBytes("{\"lesson\":\"../../x\",\"recordings\":[]}");
        var reads = new ConcurrentDictionary<string, int>();
        var many = new TaskCompletionSource();
        int inside = 0;
        bool refuses = true;
        var store = new HookStore(_fixture.Store)
        {
            BeforeRead = async key =>
            {
                if (key == Place + "manifest.json" && Volatile.Read(ref refuses))
                    throw new ObjectStoreException("The key may not be read.", transient: false);
                reads.AddOrUpdate(key, 1, (_, count) => count + 1);
                if (Interlocked.Increment(ref inside) >= 8)
                    many.TrySetResult();
                await many.Task;
            },
        };
        RecorderService service = await _fixture.StartAsync("elsewhere", store);
        for (int i = 2; i <= 40; i++)
            service.List($"algebra-{i}").Count.ShouldBe(1);
        service.List(Lesson).ShouldBeEmpty();
        File.Exists(Path.Combine(_fixture.Spool, "books", "complete")).ShouldBeFalse();
        Volatile.Write(ref refuses, false);
        await Until.TrueAsync(() => service.List(Lesson).Count == 1);
        reads.Values.ShouldAllBe(count => count == 1);
        reads.Count.ShouldBe(41);
        await Until.TrueAsync(() => File.Exists(Path.Combine(_fixture.Spool, "books", "complete")));
        Directory.GetFiles(Path.Combine(_fixture.Spool, "books"), "*.dirty").ShouldBeEmpty();
        Directory.GetFiles(Path.Combine(_fixture.Spool, "books"), "*.json").Length.ShouldBe(40);
    }

    /// <summary>One that a start would stumble over is no book.</summary>
    [Fact]
    public async Task Parse_OfWhatIsNoBook_Throws()
    {
        await _fixture.RecordOlderAsync();
        string manifest = Manifest();
        LessonBook.Parse(Encoding.UTF8.GetBytes(manifest)).Recordings.Count.ShouldBe(1);
        foreach ((string path, JsonNode? value) in new (string, JsonNode?)[] { ("lesson", null), ("lesson", "other"), ("student", null), ("id", null), ("format", null) })
        {
            JsonNode book = JsonNode.Parse(manifest)!;
            book["recordings"]![0]!["recording"]![path] = value;
            Should.Throw<JsonException>(() => LessonBook.Parse(Encoding.UTF8.GetBytes(book.ToJsonString())));
        }
    }

    /// <summary>Of the store's manifests one can never be read, and one late: that one has a deletion that is not done yet.</summary>
    [Fact]
    public async Task Start_WithAManifestThatIsNeverRead_DoesWhatTheOthersSay()
    {
        var store = new HookStore(_fixture.Store);
        RecorderService old = await _fixture.StartAsync(store: store);
        _fixture.Record(old, "s-1", 0, 25);
        await RecorderFixture.ReadAsync(old, 3);
        await old.WaitForIdleAsync();
        store.BeforeDelete = _ => throw new ObjectStoreException("Slow down.", transient: true);
        (await old.DeleteAsync(old.List(Lesson)[0].Id, "office", "by mistake", default)).ShouldBe(DeletionOutcome.Pending);
        await Until.TrueAsync(() => Manifest().Contains("by mistake", StringComparison.Ordinal));
        await old.DisposeAsync();
        _fixture.Store.Objects.Keys.ShouldContain(Place + "0001-s-1.mp3");

        _fixture.Store.Objects["lessons/archived/manifest.json"] = [1];
        int reads = 0;
        var next = new HookStore(_fixture.Store)
        {
            BeforeRead = key => key != Place + "manifest.json" || Interlocked.Increment(ref reads) == 1
                ? throw new ObjectStoreException("It is archived.", transient: false)
                : Task.CompletedTask,
        };
        await _fixture.StartAsync("elsewhere", next);
        await Until.TrueAsync(() => !_fixture.Store.Objects.ContainsKey(Place + "0001-s-1.mp3"));
        File.Exists(Path.Combine(_fixture.Spool, "books", "complete")).ShouldBeFalse();
    }

    [Fact]
    public async Task Start_WithAForeignKeyAmongTheManifests_ReadsTheRest()
    {
        await _fixture.RecordOlderAsync();
        _fixture.Store.Objects["lessons/my app/manifest.json"] = [1];
        var store = new HookStore(_fixture.Store)
        {
            BeforeRead = key =>
            {
                ObjectKey.Demand(key);
                return Task.CompletedTask;
            },
        };
        RecorderService elsewhere = await _fixture.StartAsync("elsewhere", store);
        elsewhere.List(Lesson).Count.ShouldBe(1);
        File.Exists(Path.Combine(_fixture.Spool, "books", "complete")).ShouldBeTrue();
    }

    private string Manifest() => Encoding.UTF8.GetString(_fixture.Store.Objects[Place + "manifest.json"]);
}
