using Ttm.Recorder.Lame;
using Ttm.Recorder.Tests.Simulation;
using Ttm.Recorder.Transcoding;

namespace Ttm.Recorder.Tests.Transcoding;

/// <summary>Silence that is not encoded must be where, and as long as, LAME would have made it, and nothing may be heard of its seams.</summary>
public sealed class FrameEncoderTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("ttm-recorder-");

    public void Dispose() => _directory.Delete(recursive: true);

    [Theory]
    [InlineData(24_000, 64_000)]
    [InlineData(48_000, 96_000)]
    [InlineData(16_000, 48_000)]
    public void Silence_BetweenSpeech_SoundsAsIfItHadBeenEncoded(int rate, int bitrate)
    {
        short[] pcm = [.. Speech(rate, 0, 1.003), .. new short[3 * rate], .. Speech(rate, 4, 0.5), .. new short[rate], .. Speech(rate, 6, 0.777), .. new short[2 * rate]];
        using var encoder = new CountingEncoder(rate, bitrate);
        short[] heard = Play(rate, encoder, part => part.Write(pcm));
        short[] expected = Play(rate, new UnsparingEncoder(rate, bitrate), part => part.Write(pcm));

        encoder.Samples.ShouldBeLessThan((int)(pcm.Length * 0.45));
        heard.Length.ShouldBe(pcm.Length);
        expected.Length.ShouldBe(pcm.Length);
        double error = Tones.Rms([.. heard.Zip(expected, (a, b) => (short)(a - b))]);
        (error / Tones.Rms(expected)).ShouldBeLessThan(0.01);
        int apart = heard.Zip(expected, (a, b) => Math.Abs(a - b)).Max();
        apart.ShouldBeLessThan(600);

        // In the midst of a pause there is nothing at all, and after it the speech begins where it should.
        heard.AsSpan((int)(1.3 * rate), 2 * rate).ContainsAnyExcept((short)0).ShouldBeFalse();
        Tones.Read(heard, rate, 4.003 + (1.0 / rate)).First().ShouldBe(Tones.Read(expected, rate, 4.003 + (1.0 / rate)).First());
    }

    [Fact]
    public void Write_InPiecesOfAnySize_GivesTheSameFile()
    {
        short[] pcm = [.. Speech(24_000, 0, 1.1), .. new short[40_000], .. Speech(24_000, 3, 0.2), .. new short[10_000]];
        byte[] whole = Make(24_000, new LameEncoder(24_000, 64_000), part => part.Write(pcm));
        for (int seed = 1; seed <= 5; seed++)
        {
            var chance = new Random(seed);
            byte[] pieces = Make(24_000, new LameEncoder(24_000, 64_000), part =>
            {
                for (int at = 0; at < pcm.Length;)
                {
                    int count = Math.Min(pcm.Length - at, chance.Next(1, seed * 900));
                    if (pcm.AsSpan(at, count).ContainsAnyExcept((short)0))
                        part.Write(pcm.AsSpan(at, count));
                    else
                        part.WriteSilence(count);
                    at += count;
                }
            });
            pieces.ShouldBe(whole);
        }
    }

    [Fact]
    public void Silence_OfAMutedMicrophone_IsNotEncoded()
    {
        // A decoder makes ±1 of it.
        var chance = new Random(1);
        short[] muted = [.. Enumerable.Range(0, 240_000).Select(_ => (short)chance.Next(-1, 2))];
        using var encoder = new CountingEncoder(24_000, 64_000);
        Play(24_000, encoder, part => part.Write(muted)).ShouldAllBe(sample => sample == 0);
        encoder.Samples.ShouldBeLessThan(5000);
    }

    [Fact]
    public void Finish_OfThreeHoursOfSilence_TellsItsFramesAndTheirSum()
    {
        const int Count = 3 * 3600 * 24_000;
        using var encoder = new CountingEncoder(24_000, 64_000);
        byte[] bytes = Make(24_000, encoder, part => part.WriteSilence(Count));
        Mp3Stream.TryParse(bytes, out Mp3Stream? mp3, out _).ShouldBeTrue();
        mp3.Samples.ShouldBe(Count);
        mp3.Info.Frames.ShouldBe(mp3.Frames);
        mp3.Info.Bytes.ShouldBe(bytes.Length);
        InfoTag.MusicCrcOf(mp3.InfoFrame.Span).ShouldBe(InfoTag.Crc(0, mp3.Slice(0, mp3.Frames).Span));
        encoder.Samples.ShouldBeLessThan(5000);
    }

    [Fact]
    public void Finish_WithoutSilence_HasTheFiguresThatLameItselfGives()
    {
        using var encoder = new LameEncoder(24_000, 64_000);
        byte[] bytes = Make(24_000, encoder, part => part.Write(Speech(24_000, 0, 5)));
        Mp3Stream.TryParse(bytes, out Mp3Stream? mp3, out _).ShouldBeTrue();
        byte[] lames = new byte[192];
        using var again = new LameEncoder(24_000, 64_000);
        byte[] frames = new byte[again.MaxBytes(120_000)];
        int length = again.Encode(Speech(24_000, 0, 5), frames);
        again.Flush(frames.AsSpan(length));
        again.GetInfoFrame(lames).ShouldBe(192);
        InfoTag.TryRead(lames, out InfoTag expected).ShouldBeTrue();
        mp3.Info.ShouldBe(expected);
        InfoTag.MusicCrcOf(lames).ShouldNotBeNull();
        InfoTag.MusicCrcOf(mp3.InfoFrame.Span).ShouldBe(InfoTag.MusicCrcOf(lames));
    }

    private static short[] Speech(int rate, double from, double seconds) => [.. Enumerable.Range(0, (int)(seconds * rate)).Select(i => Tones.At(from + ((double)i / rate)))];

    private short[] Play(int rate, IAudioEncoder encoder, Action<Mp3Part> write)
    {
        string path = Path.Combine(_directory.FullName, "play.mp3");
        File.WriteAllBytes(path, Make(rate, encoder, write));
        return Ffmpeg.Decode(path, rate);
    }

    private byte[] Make(int rate, IAudioEncoder encoder, Action<Mp3Part> write)
    {
        string path = Path.Combine(_directory.FullName, $"{rate}.mp3");
        using var part = new Mp3Part(path + ".part", encoder, []);
        write(part);
        return File.ReadAllBytes(part.Finish(path).Path);
    }

    private class CountingEncoder(int sampleRate, int bitrate) : IAudioEncoder
    {
        private readonly LameEncoder _lame = new(sampleRate, bitrate);

        public int Samples { get; private set; }

        public int SamplesPerFrame => _lame.SamplesPerFrame;

        public virtual ReadOnlySpan<byte> SilentFrame => _lame.SilentFrame;

        public int MaxBytes(int samples) => _lame.MaxBytes(samples);

        public int Encode(ReadOnlySpan<short> pcm, Span<byte> destination)
        {
            Samples += pcm.Length;
            return _lame.Encode(pcm, destination);
        }

        public int Flush(Span<byte> destination) => _lame.Flush(destination);

        public int GetInfoFrame(Span<byte> destination) => _lame.GetInfoFrame(destination);

        public void Dispose() => _lame.Dispose();
    }

    /// <summary>Claims another silent frame than it makes, and so is always asked.</summary>
    private sealed class UnsparingEncoder(int sampleRate, int bitrate) : CountingEncoder(sampleRate, bitrate)
    {
        private readonly byte[] _other = new byte[Ttm.Recorder.Lame.SilentFrame.Of(sampleRate, bitrate).Length];

        public override ReadOnlySpan<byte> SilentFrame => _other;
    }
}
