namespace Ttm.Server.Disk;

/// <summary>Files in the spool that only the server's own user may read: they hold children's lessons.</summary>
internal static class OwnFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public static void CreateDirectory(string path)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(path);
        else
            Directory.CreateDirectory(path, OwnerOnly | UnixFileMode.UserExecute);
    }

    /// <summary>Opens a file, made where it is not there, that no other process may open meanwhile.</summary>
    public static FileStream OpenAlone(string path) => Open(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);

    public static FileStream Open(string path, FileMode mode, FileAccess access = FileAccess.ReadWrite, FileShare share = FileShare.Read)
    {
        var options = new FileStreamOptions { Mode = mode, Access = access, Share = share, BufferSize = 0 };
        if (!OperatingSystem.IsWindows() && access != FileAccess.Read)
            options.UnixCreateMode = OwnerOnly;
        return new FileStream(path, options);
    }

    /// <summary>After a crash either the old or the new content is there, whole.</summary>
    public static void Replace(string path, ReadOnlySpan<byte> content)
    {
        var draft = path + ".new";
        using (var file = Open(draft, FileMode.Create))
        {
            file.Write(content);
            file.Flush(flushToDisk: true);
        }

        File.Move(draft, path, overwrite: true);
    }

    /// <summary>For what harms nobody where it stays: a draft that was not finished, a file that is too old.</summary>
    public static bool TryDelete(string path)
    {
        try
        {
            File.Delete(path);
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Appends whole lines. A line that a crash has torn is closed first, so that it harms no other.</summary>
    public static void AppendLine(string path, ReadOnlySpan<byte> line)
    {
        using var file = Open(path, FileMode.OpenOrCreate);
        var content = new byte[line.Length + 2];
        var start = 0;
        if (file.Length > 0)
        {
            file.Position = file.Length - 1;
            if (file.ReadByte() != '\n')
                content[start++] = (byte)'\n';
        }

        line.CopyTo(content.AsSpan(start));
        content[start + line.Length] = (byte)'\n';
        file.Write(content.AsSpan(0, start + line.Length + 1));
        file.Flush(flushToDisk: true);
    }
}
