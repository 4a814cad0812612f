namespace Ttm.Recorder.Storage;

/// <summary>
/// Where finished recordings and manifests live. Keys are <c>/</c>-separated relative names. Every method may be called by several callers at
/// once and throws <see cref="ObjectStoreException"/> alone (and <see cref="OperationCanceledException"/>). Storing the same key again replaces it.
/// </summary>
public interface IObjectStore
{
    /// <summary>Where an object of that key is or will be: <c>s3://bucket/key</c> or a <c>file://</c> URL.</summary>
    string LocationOf(string key);

    /// <summary>Stores the file under the key, then checks the size and the checksum of what is stored. Nothing half-made is ever seen under the key;
    /// what a cut upload left in the store, the next call for the same key continues or removes.</summary>
    /// <param name="path">A file that does not change during the call.</param>
    Task<StoredObject> PutAsync(string key, string path, ObjectProperties properties, CancellationToken cancellationToken);

    /// <summary>Stores a small object from memory (a manifest), as atomically as the store can.</summary>
    Task<StoredObject> PutAsync(string key, ReadOnlyMemory<byte> content, ObjectProperties properties, CancellationToken cancellationToken);

    /// <summary>A small object whole; null where there is none.</summary>
    Task<byte[]?> ReadAsync(string key, CancellationToken cancellationToken);

    /// <summary>An object to play; null where there is none. A store that can, answers with a presigned URL (for a 302), else with a seekable stream.</summary>
    Task<ObjectAudio?> OpenAsync(string key, CancellationToken cancellationToken);

    /// <summary>Tries to write, read and delete a probe; the answer is in words and never an exception.</summary>
    Task<StoreHealth> CheckAsync(CancellationToken cancellationToken);

    /// <summary>Removes the object; one that is not there is no failure.</summary>
    Task DeleteAsync(string key, CancellationToken cancellationToken);

    /// <summary>The keys that begin with the prefix, in ordinal order.</summary>
    IAsyncEnumerable<string> ListAsync(string prefix, CancellationToken cancellationToken);
}

/// <param name="ContentType">For example <c>audio/mpeg</c>.</param>
/// <param name="Sha256">Of the content, 64 lower-case hex digits.</param>
/// <param name="Metadata">ASCII names and any values; the store encodes what its protocol cannot carry.</param>
/// <param name="DownloadName">The file name a browser offers when it saves the object, or null.</param>
public sealed record ObjectProperties(string ContentType, string Sha256, IReadOnlyDictionary<string, string> Metadata, string? DownloadName);

/// <param name="Location"><c>s3://bucket/key</c> or a <c>file://</c> URL.</param>
public sealed record StoredObject(string Location, long Bytes);

/// <summary>Exactly one of the two is set.</summary>
/// <param name="Content">A seekable stream that the caller disposes of.</param>
/// <param name="Url">A presigned URL, good for minutes.</param>
public sealed record ObjectAudio(Stream? Content, Uri? Url);

/// <param name="Reason">One sentence that says what is wrong and how it is mended; null where healthy.</param>
public sealed record StoreHealth(bool Healthy, string? Reason);

/// <summary>The store did not do it.</summary>
/// <param name="message">One sentence that names the store and says what is wrong.</param>
/// <param name="transient">True where trying again may help without anybody acting: time-outs, throttling, a dropped connection.</param>
public sealed class ObjectStoreException(string message, bool transient, Exception? inner = null) : Exception(message, inner)
{
    public bool Transient { get; } = transient;
}
