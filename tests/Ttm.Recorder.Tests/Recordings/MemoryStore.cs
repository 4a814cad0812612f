using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Ttm.Recorder.Storage;

namespace Ttm.Recorder.Tests.Recordings;

/// <summary>A store that refuses when told to.</summary>
internal sealed class MemoryStore : IObjectStore
{
    public ConcurrentDictionary<string, byte[]> Objects { get; } = new();

    public ConcurrentDictionary<string, ObjectProperties> Properties { get; } = new();

    /// <summary>The keys that were looked at to play, or put.</summary>
    public ConcurrentQueue<string> Attempts { get; } = new();

    public volatile bool IsAway;

    public string LocationOf(string key) => $"mem://{key}";

    public Task<StoredObject> PutAsync(string key, string path, ObjectProperties properties, CancellationToken cancellationToken) =>
        PutAsync(key, File.ReadAllBytes(path), properties, cancellationToken);

    public Task<StoredObject> PutAsync(string key, ReadOnlyMemory<byte> content, ObjectProperties properties, CancellationToken cancellationToken)
    {
        Attempts.Enqueue(key);
        Refuse();
        Objects[key] = content.ToArray();
        Properties[key] = properties;
        return Task.FromResult(new StoredObject(LocationOf(key), content.Length));
    }

    public Task<byte[]?> ReadAsync(string key, CancellationToken cancellationToken)
    {
        Refuse();
        return Task.FromResult(Objects.GetValueOrDefault(key));
    }

    public Task<ObjectAudio?> OpenAsync(string key, CancellationToken cancellationToken)
    {
        Attempts.Enqueue(key);
        Refuse();
        return Task.FromResult(Objects.TryGetValue(key, out byte[]? content) ? new ObjectAudio(new MemoryStream(content), null) : null);
    }

    public Task<StoreHealth> CheckAsync(CancellationToken cancellationToken) =>
        Task.FromResult(IsAway ? new StoreHealth(false, "The store is away.") : new StoreHealth(true, null));

    public Task DeleteAsync(string key, CancellationToken cancellationToken)
    {
        Objects.TryRemove(key, out _);
        return Task.CompletedTask;
    }

    public async IAsyncEnumerable<string> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.Yield();
        Refuse();
        foreach (string key in Objects.Keys.Where(key => key.StartsWith(prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal))
            yield return key;
    }

    private void Refuse()
    {
        if (IsAway)
            throw new ObjectStoreException("The store is away.", transient: true);
    }
}
