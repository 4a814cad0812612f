using System.Runtime.InteropServices;

namespace Ttm.Recorder.Storage;

/// <summary>Directories that only the owner may enter, and whose entries survive a power cut once synced.</summary>
internal static partial class DurableDirectory
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Makes the directory and those above it that are missing. One that is there keeps its permissions.</summary>
    public static void Create(string path)
    {
        if (Directory.Exists(path))
            return;

        var parent = Path.GetDirectoryName(path);
        if (parent is not null)
            Create(parent);
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(path);
        else
            Directory.CreateDirectory(path, OwnerOnly);
        if (parent is not null)
            Sync(parent);
    }

    /// <summary>A renamed file is safe only when its directory has reached the disk: fsync(2). Best effort, where the system has it.</summary>
    public static void Sync(string path)
    {
        if (OperatingSystem.IsWindows())
            return;

        var descriptor = Open(path, 0);
        if (descriptor < 0)
            return;

        _ = FSync(descriptor);
        _ = Close(descriptor);
    }

    // Called with flags alone, open(2) has no variable arguments to get wrong.
    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync")]
    private static partial int FSync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
