using System.Runtime.Versioning;
using Ttm.Recorder.Storage;
using static Ttm.Recorder.Tests.Storage.TestContent;

namespace Ttm.Recorder.Tests.Storage;

public sealed class FileSystemStoreTests : IDisposable
{
    private const string Key = "lessons/2026-01-05/algebra-7/0001-s-17.mp3";

    private readonly TestContent _content = new();
    private readonly string _root;
    private readonly FileSystemStore _store;

    public FileSystemStoreTests()
    {
        _root = Path.Combine(_content.Directory, "store", "recordings");
        _store = new FileSystemStore(new FileSystemStorageOptions { Root = _root });
    }

    public void Dispose() => _content.Dispose();

    [Fact]
    public async Task PutAsync_File_IsStoredUnderItsKey()
    {
        var (path, bytes, properties) = _content.File(200_000);

        var stored = await _store.PutAsync(Key, path, properties, default);

        stored.ShouldBe(new StoredObject($"file://{_root}/{Key}", bytes.Length));
        (await File.ReadAllBytesAsync(Path.Combine(_root, Key))).ShouldBe(bytes);
        (await _store.ReadAsync(Key, default)).ShouldBe(bytes);
        File.Exists(path).ShouldBeTrue();
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task PutAsync_OnUnix_IsReadableByTheOwnerAlone()
    {
        await _store.PutAsync(Key, new byte[] { 1 }, Properties([1]), default);

        File.GetUnixFileMode(Path.Combine(_root, Key)).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        foreach (var directory in new[] { _root, Path.Combine(_root, "lessons"), Path.Combine(_root, "lessons/2026-01-05/algebra-7"), Path.GetDirectoryName(_root)! })
            File.GetUnixFileMode(directory).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    [Theory]
    [InlineData("../outside")]
    [InlineData("lessons/../../outside")]
    [InlineData("/etc/passwd")]
    [InlineData("lessons//x")]
    [InlineData("lessons/")]
    [InlineData("")]
    [InlineData(".")]
    [InlineData(".incoming/x")]
    [InlineData("lessons/.hidden")]
    [InlineData("lessons\\..\\x")]
    [InlineData("a\0b")]
    [InlineData("lessons/ü")]
    public async Task EveryMethod_KeyOutOfBounds_IsRefused(string key)
    {
        await Should.ThrowAsync<ObjectStoreException>(() => _store.PutAsync(key, new byte[] { 1 }, Properties([1]), default));
        await Should.ThrowAsync<ObjectStoreException>(() => _store.ReadAsync(key, default));
        await Should.ThrowAsync<ObjectStoreException>(async () => await _store.OpenAsync(key, default));
        await Should.ThrowAsync<ObjectStoreException>(async () => await _store.DeleteAsync(key, default));
        Should.Throw<ObjectStoreException>(() => _store.LocationOf(key));
        Directory.EnumerateFiles(_content.Directory, "*", SearchOption.AllDirectories).ShouldBeEmpty();
    }

    [Fact]
    public async Task PutAsync_Replacing_NeverShowsAHalf()
    {
        var first = TestContent.Bytes(3 * MiB, seed: 1);
        var second = TestContent.Bytes(3 * MiB, seed: 2);
        await _store.PutAsync(Key, first, Properties(first), default);

        var writer = Task.Run(async () =>
        {
            for (var round = 0; round < 10; round++)
            {
                var content = round % 2 == 0 ? second : first;
                await _store.PutAsync(Key, content, Properties(content), default);
            }
        });
        do
        {
            var seen = await File.ReadAllBytesAsync(Path.Combine(_root, Key));
            (seen.AsSpan().SequenceEqual(first) || seen.AsSpan().SequenceEqual(second)).ShouldBeTrue();
        }
        while (!writer.IsCompleted);
        await writer;
    }

    [Fact]
    public async Task PutAsync_ContentDiffersFromItsChecksum_LeavesTheOldObject()
    {
        await _store.PutAsync(Key, new byte[] { 1 }, Properties([1]), default);

        var exception = await Should.ThrowAsync<ObjectStoreException>(() => _store.PutAsync(Key, new byte[] { 2 }, Properties([1]), default));

        exception.Transient.ShouldBeFalse();
        (await _store.ReadAsync(Key, default)).ShouldBe([1]);
        Directory.EnumerateFiles(Path.Combine(_root, ".incoming")).ShouldBeEmpty();
    }

    [Fact]
    public async Task PutAsync_Cancelled_LeavesNothing()
    {
        var (path, _, properties) = _content.File(200_000);

        await Should.ThrowAsync<OperationCanceledException>(() => _store.PutAsync(Key, path, properties, new CancellationToken(true)));

        Directory.EnumerateFiles(_root, "*", SearchOption.AllDirectories).ShouldBeEmpty();
    }

    [Fact]
    public async Task CheckAsync_LeftoversOfACrash_AreRemovedBeforeTheFirstObjectAndNotByTheConstructor()
    {
        var torn = Path.Combine(_root, ".incoming", "torn");
        await File.WriteAllTextAsync(torn, "half");

        var store = new FileSystemStore(new FileSystemStorageOptions { Root = _root });
        File.Exists(torn).ShouldBeTrue("another process may be writing it: the spool is not taken yet");
        (await store.CheckAsync(CancellationToken.None)).Healthy.ShouldBeTrue();

        Directory.EnumerateFiles(Path.Combine(_root, ".incoming")).ShouldBeEmpty();
    }

    [Fact]
    public void Constructor_RootIsAFile_SaysWhichSetting()
    {
        var file = Path.Combine(_content.Directory, "file");
        File.WriteAllText(file, "");

        Should.Throw<ObjectStoreException>(() => new FileSystemStore(new FileSystemStorageOptions { Root = file })).Message.ShouldContain("Storage:FileSystem:Root");
    }

    [Fact]
    public async Task OpenAsync_StoredObject_IsASeekableStream()
    {
        await _store.PutAsync(Key, new byte[] { 1, 2, 3 }, Properties([1, 2, 3]), default);

        var audio = await _store.OpenAsync(Key, default);

        await using var content = audio!.Content!;
        content.CanSeek.ShouldBeTrue();
        content.Length.ShouldBe(3);
        audio.Url.ShouldBeNull();
    }

    [Fact]
    public async Task DeleteAsync_ObjectAndNoObject_BothSucceed()
    {
        await _store.PutAsync(Key, new byte[] { 1 }, Properties([1]), default);

        await _store.DeleteAsync(Key, default);
        await _store.DeleteAsync(Key, default);
        await _store.DeleteAsync("never/was", default);

        (await _store.ReadAsync(Key, default)).ShouldBeNull();
        (await _store.OpenAsync(Key, default)).ShouldBeNull();
    }

    [Theory]
    [InlineData("", new[] { "lessons/a/10", "lessons/a/2", "lessons/b", "other" })]
    [InlineData("lessons/", new[] { "lessons/a/10", "lessons/a/2", "lessons/b" })]
    [InlineData("lessons/a/1", new[] { "lessons/a/10" })]
    [InlineData("nothing/here/", new string[0])]
    [InlineData("../", new string[0])]
    public async Task ListAsync_Prefix_GivesItsKeysInOrdinalOrder(string prefix, string[] expected)
    {
        await File.WriteAllTextAsync(Path.Combine(_content.Directory, "store", "secret"), "not an object");
        foreach (var key in new[] { "other", "lessons/b", "lessons/a/2", "lessons/a/10" })
            await _store.PutAsync(key, new byte[] { 1 }, Properties([1]), default);

        var keys = new List<string>();
        await foreach (var key in _store.ListAsync(prefix, default))
            keys.Add(key);

        keys.ShouldBe(expected);
    }

    [Fact]
    public async Task CheckAsync_DirectoryGone_SaysSoAndIsWellAgainAfterwards()
    {
        (await _store.CheckAsync(default)).ShouldBe(new StoreHealth(true, null));
        Directory.Move(_root, _root + ".away");

        var health = await _store.CheckAsync(default);

        health.Healthy.ShouldBeFalse();
        health.Reason!.ShouldContain("Storage:FileSystem:Root");
        Directory.Move(_root + ".away", _root);
        (await _store.CheckAsync(default)).Healthy.ShouldBeTrue();
        Directory.EnumerateFiles(_root, "*", SearchOption.AllDirectories).ShouldBeEmpty();
    }
}
