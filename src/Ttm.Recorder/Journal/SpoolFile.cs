using Microsoft.Win32.SafeHandles;
using Ttm.Recorder.Storage;

namespace Ttm.Recorder.Journal;

/// <summary>Files that only the server's own user may read: they hold children's lessons.</summary>
internal static class SpoolFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Creates an empty file, in place of one that is there.</summary>
    public static SafeFileHandle Create(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = OwnerOnly;

        // Only FileStream creates with a mode; the handle, for writes at offsets, is a second opening.
        new FileStream(path, options).Dispose();
        return File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
    }

    /// <summary>Opens a file, made where it is not there, that nobody else may open meanwhile.</summary>
    public static FileStream OpenAlone(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = OwnerOnly;
        return new FileStream(path, options);
    }

    /// <summary>Writes a small file so that, after a crash, either the old or the new one is there, whole.</summary>
    public static void Replace(string path, ReadOnlySpan<byte> content)
    {
        string draft = path + ".new";
        using (SafeFileHandle file = Create(draft))
        {
            RandomAccess.Write(file, content, 0);
            RandomAccess.FlushToDisk(file);
        }

        File.Move(draft, path, overwrite: true);
        DurableDirectory.Sync(Path.GetDirectoryName(path)!);
    }

    public static void CreateDirectory(string path)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(path);
        else
            Directory.CreateDirectory(path, OwnerOnly | UnixFileMode.UserExecute);
    }
}
