using System.Diagnostics;
using Ttm.Testing.Sound;

namespace Ttm.EndToEnd.Kit;

/// <summary>A second opinion on the MP3s: decoded by ffmpeg, not by what has encoded them.</summary>
internal static class Ffmpeg
{
    public static async Task<PcmSound> DecodeAsync(byte[] mp3)
    {
        var start = new ProcessStartInfo("ffmpeg", ["-loglevel", "error", "-f", "mp3", "-i", "pipe:0", "-f", "wav", "-c:a", "pcm_s16le", "pipe:1"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        using var wav = new MemoryStream();
        var errors = process.StandardError.ReadToEndAsync();
        var reading = process.StandardOutput.BaseStream.CopyToAsync(wav);
        await process.StandardInput.BaseStream.WriteAsync(mp3);
        process.StandardInput.Close();
        await reading;
        await process.WaitForExitAsync();
        (await errors).ShouldBe("", "ffmpeg has something to say about the MP3");
        process.ExitCode.ShouldBe(0);
        return WavFile.Parse(wav.ToArray());
    }
}
