using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace Ttm.Testing.Storage;

/// <summary>A small disk of its own, which can really be full.</summary>
public sealed class Tmpfs : IDisposable
{
    private static readonly Lazy<string?> Found = new(Probe);

    private Tmpfs(string path) => Path = path;

    /// <summary>Why none can be mounted here; null where it can.</summary>
    public static string? Obstacle => Found.Value;

    public string Path { get; }

    /// <summary>Mounts one on a new directory.</summary>
    /// <exception cref="InvalidOperationException">It cannot be mounted: <see cref="Obstacle"/>.</exception>
    public static Tmpfs Mount(string path, int mebibytes)
    {
        Directory.CreateDirectory(path);
        return Succeeds("mount", "-t", "tmpfs", "-o", string.Create(CultureInfo.InvariantCulture, $"size={mebibytes}m"), "ttm-test", path)
            ? new Tmpfs(path)
            : throw new InvalidOperationException($"No tmpfs can be mounted at {path}.");
    }

    /// <summary>Adds to a file until the disk is full, or for so many bytes.</summary>
    public void Fill(string name, long bytes = long.MaxValue)
    {
        var block = new byte[4096];
        using var file = new FileStream(System.IO.Path.Combine(Path, name), FileMode.Append, FileAccess.Write, FileShare.None, 0);
        try
        {
            for (; bytes > 0; bytes -= block.Length)
                file.Write(block);
        }
        catch (IOException)
        {
            // Full.
        }
    }

    public void Delete(string name) => File.Delete(System.IO.Path.Combine(Path, name));

    /// <exception cref="InvalidOperationException">It stays mounted.</exception>
    public void Dispose()
    {
        if (!Succeeds("umount", "-l", Path))
            throw new InvalidOperationException($"{Path} cannot be unmounted.");
    }

    private static string? Probe()
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess)
            return "needs root on Linux";
        var directory = Directory.CreateTempSubdirectory("ttm-probe-").FullName;
        try
        {
            Mount(directory, 1).Dispose();
            return null;
        }
        catch (InvalidOperationException)
        {
            return "needs a kernel that lets root mount (CAP_SYS_ADMIN)";
        }
        finally
        {
            Directory.Delete(directory);
        }
    }

    private static bool Succeeds(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}
