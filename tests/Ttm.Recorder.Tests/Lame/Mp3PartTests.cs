using System.Text;
using Ttm.Recorder.Lame;
using Ttm.Recorder.Tests.Simulation;
using Ttm.Recorder.Transcoding;

namespace Ttm.Recorder.Tests.Lame;

public sealed class Mp3PartTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("ttm-recorder-");

    public void Dispose() => _directory.Delete(recursive: true);

    [Theory]
    [InlineData(24_000, 64_000)]
    [InlineData(48_000, 64_000)]
    [InlineData(16_000, 48_000)]
    public void Finish_AnyFormat_HasAnInfoTagAndExactlyItsSamples(int sampleRate, int bitrate)
    {
        foreach (int count in new[] { 0, 575, 576, 577, 100_000 })
        {
            FinishedMp3 mp3 = Make(sampleRate, bitrate, [], part => part.WriteSilence(count));
            mp3.Samples.ShouldBe(count);
            byte[] bytes = File.ReadAllBytes(mp3.Path);
            bytes.Length.ShouldBe((int)mp3.Bytes);
            Encoding.ASCII.GetString(bytes).ShouldContain("Info");
            bytes[0].ShouldBe((byte)0xFF);
            if (count > 0)
                Ffmpeg.Decode(mp3.Path, sampleRate).Length.ShouldBe(count);
        }
    }

    [Fact]
    public void Finish_ATone_StartsWhereItStarts()
    {
        short[] tone = [.. Enumerable.Range(0, 24_000).Select(i => i < 12_000 ? (short)0 : (short)(10_000 * Math.Sin(2 * Math.PI * 400 * i / 24_000)))];
        FinishedMp3 mp3 = Make(24_000, 64_000, [], part => part.Write(tone));
        short[] heard = Ffmpeg.Decode(mp3.Path, 24_000);
        heard.Length.ShouldBe(tone.Length);
        Array.FindIndex(heard, sample => Math.Abs((int)sample) > 3000).ShouldBeInRange(11_950, 12_050);
    }

    [Fact]
    public void Tag_WithNamesOfAnyScript_IsReadByOthers()
    {
        byte[] tag = new Id3v2Tag("Brüche – 分数", "Ümit Öz", "s-17", "algebra-1", 3, SimulatedRecording.Wall).ToBytes();
        string probe = Ffmpeg.Probe(Make(24_000, 64_000, tag, part => part.WriteSilence(24_000)).Path);
        foreach (string line in new[]
        {
            "TAG:title=Brüche – 分数", "TAG:artist=Ümit Öz", "TAG:album=algebra-1", "TAG:track=3", "TAG:student=s-17", "TAG:teacher=Ümit Öz",
            "TAG:lesson=algebra-1", "TAG:date=2030-01-07 09:00", "codec_name=mp3", "sample_rate=24000", "channels=1", "duration=1.0",
        })
        {
            probe.ShouldContain(line);
        }
    }

    private FinishedMp3 Make(int sampleRate, int bitrate, byte[] tag, Action<Mp3Part> write)
    {
        string path = Path.Combine(_directory.FullName, "x.mp3");
        using var part = new Mp3Part(path + ".part", new LameEncoder(sampleRate, bitrate), tag);
        write(part);
        return part.Finish(path);
    }
}
