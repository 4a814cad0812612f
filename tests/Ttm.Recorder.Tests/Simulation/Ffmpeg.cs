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
