using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Ttm.Recorder.Tests.Simulation;

/// <summary>An MP3 as another program understands it.</summary>
internal static class Ffmpeg
{
    public static short[] Decode(string path, int sampleRate)
    {
        byte[] bytes = Run("ffmpeg", ["-v", "error", "-i", path, "-f", "s16le", "-ac", "1", "-ar", sampleRate.ToString(CultureInfo.InvariantCulture), "-"], out string errors);
        errors.ShouldBeEmpty();
        return MemoryMarshal.Cast<byte, short>(bytes).ToArray();
    }

    /// <summary>Decodes a long file piece by piece, and returns its length in samples.</summary>
    /// <param name="take">Is given each piece, and where it begins.</param>
    public static long Decode(string path, int sampleRate, DecodedPiece take)
    {
        var start = new ProcessStartInfo("ffmpeg", ["-v", "error", "-i", path, "-f", "s16le", "-ac", "1", "-ar", sampleRate.ToString(CultureInfo.InvariantCulture), "-"]) { RedirectStandardOutput = true };
        using Process process = Process.Start(start)!;
        byte[] bytes = new byte[1 << 16];
        long samples = 0;
        while (process.StandardOutput.BaseStream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) is int count and > 0)
        {
            ReadOnlySpan<short> pcm = MemoryMarshal.Cast<byte, short>(bytes.AsSpan(0, count));
            take(samples, pcm);
            samples += pcm.Length;
        }

        process.WaitForExit();
        process.ExitCode.ShouldBe(0);
        return samples;
    }

    public delegate void DecodedPiece(long at, ReadOnlySpan<short> pcm);

    public static string Probe(string path) =>
        System.Text.Encoding.UTF8.GetString(Run("ffprobe", ["-v", "error", "-show_format", "-show_streams", path], out _));

    private static byte[] Run(string program, string[] arguments, out string errors)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        Task<string> reading = process.StandardError.ReadToEndAsync();
        using var output = new MemoryStream();
        process.StandardOutput.BaseStream.CopyTo(output);
        process.WaitForExit();
        errors = reading.Result;
        process.ExitCode.ShouldBe(0, errors);
        return output.ToArray();
    }
}
