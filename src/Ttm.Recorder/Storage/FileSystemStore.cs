using System.Runtime.CompilerServices;

namespace Ttm.Recorder.Storage;

/// <summary>
/// Objects as files below a directory. An object appears whole or not at all: it is written beside, synced, then renamed.
/// Files are 0600 and directories 0700; content type and metadata are not kept, since an MP3 carries its own.
/// </summary>
public sealed class FileSystemStore : IObjectStore
{
    // Begins with a dot, as no key does: never listed, never named by a key.
    private const string Incoming = ".incoming";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly string _root;
    private bool _isTidy;

    /// <param name="readOnly">Nothing is made or tidied up: the directory is another process's, or nobody's.</param>
    /// <exception cref="ObjectStoreException">The directory cannot be made or written.</exception>
    public FileSystemStore(FileSystemStorageOptions options, bool readOnly = false)
    {
        _root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(options.Root));
        _isTidy = readOnly;
        if (readOnly)
            return;
        Guard(() =>
        {
            DurableDirectory.Create(Path.Combine(_root, Incoming));
            return 0;
        });
    }

    public string LocationOf(string key) => new Uri(PathOf(key)).AbsoluteUri;

    public async Task<StoredObject> PutAsync(string key, string path, ObjectProperties properties, CancellationToken cancellationToken)
    {
        var content = Guard(() => new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, useAsync: true));
        await using (content)
            return await PutAsync(key, content, properties, cancellationToken);
    }

    public Task<StoredObject> PutAsync(string key, ReadOnlyMemory<byte> content, ObjectProperties properties, CancellationToken cancellationToken) =>
        PutAsync(key, new MemoryStream(content.ToArray()), properties, cancellationToken);

    public async Task<byte[]?> ReadAsync(string key, CancellationToken cancellationToken)
    {
        var path = PathOf(key);
        return await GuardAsync(async () => File.Exists(path) ? await File.ReadAllBytesAsync(path, cancellationToken) : null);
    }

    public Task<ObjectAudio?> OpenAsync(string key, CancellationToken cancellationToken)
    {
        var path = PathOf(key);
        return Task.FromResult(Guard(() => File.Exists(path)
            ? new ObjectAudio(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 1 << 16, useAsync: true), null)
            : null));
    }

    public async Task<StoreHealth> CheckAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await GuardAsync(async () =>
            {
                if (Interlocked.Exchange(ref _isTidy, true) == false)
                    RemoveLeftovers();
                var probe = Path.Combine(_root, Incoming, Path.GetRandomFileName());
                await using (var file = CreateNew(probe))
                    await file.WriteAsync("probe"u8.ToArray(), cancellationToken);
                var intact = (await File.ReadAllBytesAsync(probe, cancellationToken)).AsSpan().SequenceEqual("probe"u8);
                File.Delete(probe);
                return intact ? new StoreHealth(true, null) : new StoreHealth(false, $"The directory {_root} does not return what was written to it.");
            });
        }
        catch (ObjectStoreException exception)
        {
            return new StoreHealth(false, exception.Message);
        }
    }

    public Task DeleteAsync(string key, CancellationToken cancellationToken)
    {
        var path = PathOf(key);
        Guard(() =>
        {
            if (File.Exists(path))
                File.Delete(path);
            return 0;
        });
        return Task.CompletedTask;
    }

    public async IAsyncEnumerable<string> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // Only the directory part of the prefix narrows the search, and only when it is a key itself: "../" finds nothing.
        var slash = prefix.LastIndexOf('/');
        if (slash >= 0 && !ObjectKey.IsValid(prefix.AsSpan(0, slash)))
            yield break;

        var keys = Guard(() =>
        {
            var top = slash < 0 ? _root : Path.Combine(_root, prefix[..slash]);
            return !Directory.Exists(top)
                ? []
                : Directory.EnumerateFiles(top, "*", SearchOption.AllDirectories)
                    .Select(path => Path.GetRelativePath(_root, path).Replace(Path.DirectorySeparatorChar, '/'))
                    .Where(key => key.StartsWith(prefix, StringComparison.Ordinal) && ObjectKey.IsValid(key))
                    .Order(StringComparer.Ordinal)
                    .ToArray();
        });
        foreach (var key in keys)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return key;
        }

        await Task.CompletedTask;
    }

    private static FileStream CreateNew(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None, BufferSize = 1 << 16, Options = FileOptions.Asynchronous };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = OwnerOnly;
        return new FileStream(path, options);
    }

    private async Task<StoredObject> PutAsync(string key, Stream content, ObjectProperties properties, CancellationToken cancellationToken)
    {
        var path = PathOf(key);
        var temporary = Path.Combine(_root, Incoming, Path.GetRandomFileName());
        return await GuardAsync(async () =>
        {
            try
            {
                await using (var file = CreateNew(temporary))
                {
                    await content.CopyToAsync(file, cancellationToken);
                    await file.FlushAsync(cancellationToken);
                    file.Flush(flushToDisk: true);
                }

                ContentDigest digest;
                await using (var written = File.OpenRead(temporary))
                    digest = await ContentDigest.OfAsync(written, long.MaxValue, cancellationToken);
                digest.Demand(properties, key);

                var directory = Path.GetDirectoryName(path)!;
                DurableDirectory.Create(directory);
                File.Move(temporary, path, overwrite: true);
                DurableDirectory.Sync(directory);
                return new StoredObject(LocationOf(key), digest.Length);
            }
            catch
            {
                File.Delete(temporary);
                throw;
            }
        });
    }

    // At the first check, before the first object: by then the process has the spool to itself, and what lies here was left by its predecessor.
    private void RemoveLeftovers()
    {
        foreach (var leftover in Directory.EnumerateFiles(Path.Combine(_root, Incoming)))
            File.Delete(leftover);
    }

    private string PathOf(string key)
    {
        ObjectKey.Demand(key);
        return Path.Combine(_root, key.Replace('/', Path.DirectorySeparatorChar));
    }

    private T Guard<T>(Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Describe(exception);
        }
    }

    private async Task<T> GuardAsync<T>(Func<Task<T>> action)
    {
        try
        {
            return await action();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Describe(exception);
        }
    }

    private ObjectStoreException Describe(Exception exception) => exception is UnauthorizedAccessException
        ? new ObjectStoreException($"The directory {_root} (Storage:FileSystem:Root) may not be written by this user: {exception.Message}", transient: false, exception)
        : new ObjectStoreException($"Storing below {_root} (Storage:FileSystem:Root) failed: {exception.Message}", transient: true, exception);
}
