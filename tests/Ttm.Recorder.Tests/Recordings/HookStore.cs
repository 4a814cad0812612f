using Ttm.Recorder.Storage;

namespace Ttm.Recorder.Tests.Recordings;

/// <summary>A store that a test can stop or make refuse at one of its calls; each hook is given the key.</summary>
internal sealed class HookStore(MemoryStore inner) : IObjectStore
{
    public Func<string, Task>? BeforePut { get; set; }

    public Func<string, Task>? BeforeRead { get; set; }

    public Action<string>? BeforeDelete { get; set; }

    public Action<string>? BeforeList { get; set; }

    public string LocationOf(string key) => inner.LocationOf(key);

    public async Task<StoredObject> PutAsync(string key, string path, ObjectProperties properties, CancellationToken cancellationToken)
    {
        await RunAsync(BeforePut, key, cancellationToken);
        return await inner.PutAsync(key, path, properties, cancellationToken);
    }

    public async Task<StoredObject> PutAsync(string key, ReadOnlyMemory<byte> content, ObjectProperties properties, CancellationToken cancellationToken)
    {
        await RunAsync(BeforePut, key, cancellationToken);
        return await inner.PutAsync(key, content, properties, cancellationToken);
    }

    public async Task<byte[]?> ReadAsync(string key, CancellationToken cancellationToken)
    {
        await RunAsync(BeforeRead, key, cancellationToken);
        return await inner.ReadAsync(key, cancellationToken);
    }

    public Task<ObjectAudio?> OpenAsync(string key, CancellationToken cancellationToken) => inner.OpenAsync(key, cancellationToken);

    public Task<StoreHealth> CheckAsync(CancellationToken cancellationToken) => inner.CheckAsync(cancellationToken);

    public Task DeleteAsync(string key, CancellationToken cancellationToken)
    {
        BeforeDelete?.Invoke(key);
        return inner.DeleteAsync(key, cancellationToken);
    }

    public IAsyncEnumerable<string> ListAsync(string prefix, CancellationToken cancellationToken)
    {
        BeforeList?.Invoke(prefix);
        return inner.ListAsync(prefix, cancellationToken);
    }

    private static Task RunAsync(Func<string, Task>? hook, string key, CancellationToken cancellationToken) =>
        hook is null ? Task.CompletedTask : hook(key).WaitAsync(cancellationToken);
}
