using Microsoft.Extensions.Logging.Abstractions;
using Ttm.Recorder.Recordings;
using Ttm.Recorder.Storage;

namespace Ttm.Server.Commands.Doctor;

/// <summary>The spool and the object store: each is written to and read from.</summary>
internal static class StoreChecks
{
    public static Finding Spool(RecordingOptions recording)
    {
        const string Subject = "spool";
        if (!recording.Enabled)
            return Finding.Fine(Subject, "none is needed: Recording:Enabled is false");
        var directory = Path.GetFullPath(recording.Spool);
        try
        {
            Directory.CreateDirectory(directory);
            var probe = Path.Combine(directory, ".doctor-" + Path.GetRandomFileName());
            File.WriteAllBytes(probe, new byte[4096]);
            File.Delete(probe);
            var free = new DriveInfo(directory).AvailableFreeSpace;
            return free < recording.MinFreeBytes
                ? Finding.Mend(Subject, $"{directory} has {free >> 20} MiB free, and Recording:MinFreeBytes asks for {recording.MinFreeBytes >> 20} MiB: make room, or move it by Recording:Spool.")
                : Finding.Fine(Subject, $"{directory} can be written to and has {free >> 20} MiB free");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return Finding.Mend(Subject, $"{directory} cannot be written to ({exception.Message}): let the server's user own it, or set Recording:Spool.");
        }
    }

    public static async Task<Finding> StoreAsync(StorageOptions storage, TimeProvider clock, CancellationToken cancellation)
    {
        const string Subject = "object store";
        try
        {
            var store = ObjectStoreFactory.Create(storage, clock, NullLoggerFactory.Instance);
            var health = await store.CheckAsync(cancellation);
            (store as IDisposable)?.Dispose();
            var encryption = string.IsNullOrEmpty(storage.S3.ServerSideEncryption) ? "the bucket's own encryption" : storage.S3.ServerSideEncryption;
            var place = storage.Provider.Equals("S3", StringComparison.OrdinalIgnoreCase) ? $"{storage.S3} ({encryption})" : Path.GetFullPath(storage.FileSystem.Root);
            return health.Healthy ? Finding.Fine(Subject, $"{place} can be written to and read from") : Finding.Mend(Subject, health.Reason!);
        }
        catch (ObjectStoreException exception)
        {
            return Finding.Mend(Subject, exception.Message);
        }
    }
}
