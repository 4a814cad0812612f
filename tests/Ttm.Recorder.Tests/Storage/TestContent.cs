using System.Security.Cryptography;
using Ttm.Recorder.Storage;

namespace Ttm.Recorder.Tests.Storage;

/// <summary>Files to store, below a directory that disappears with the test.</summary>
internal sealed class TestContent : IDisposable
{
    public const int MiB = 1 << 20;

    public string Directory { get; } = System.IO.Directory.CreateTempSubdirectory("ttm-store-").FullName;

    public void Dispose() => System.IO.Directory.Delete(Directory, recursive: true);

    public (string Path, byte[] Bytes, ObjectProperties Properties) File(int length, int seed = 1)
    {
        var bytes = Bytes(length, seed);
        var path = Path.Combine(Directory, $"{seed}-{length}.mp3");
        System.IO.File.WriteAllBytes(path, bytes);
        return (path, bytes, Properties(bytes));
    }

    public static byte[] Bytes(int length, int seed = 1)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    public static ObjectProperties Properties(byte[] bytes) => new(
        "audio/mpeg",
        Convert.ToHexStringLower(SHA256.HashData(bytes)),
        new Dictionary<string, string> { ["lesson"] = "algebra-7", ["teacher"] = "Zoë Müller", ["student"] = "s-17" },
        "Algebra – Stück 1.mp3");
}
