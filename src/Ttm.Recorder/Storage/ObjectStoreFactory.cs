using Microsoft.Extensions.Logging;

namespace Ttm.Recorder.Storage;

/// <summary>The one place that knows which stores there are.</summary>
public static class ObjectStoreFactory
{
    /// <param name="readOnly">Only to be read from: nothing is made or tidied up.</param>
    /// <exception cref="ObjectStoreException">The options are wrong (the message names the key), or the directory cannot be used.</exception>
    public static IObjectStore Create(StorageOptions options, TimeProvider time, ILoggerFactory loggers, bool readOnly = false)
    {
        if (options.Problems().FirstOrDefault() is { } problem)
            throw new ObjectStoreException(problem, transient: false);
        if (!options.IsS3)
            return new FileSystemStore(options.FileSystem, readOnly);

        _ = ObjectKeyTemplate.TryParse(options.KeyTemplate, out var template, out _);
        return new S3Store(options.S3, template!.Prefix, time, loggers.CreateLogger<S3Store>());
    }
}
