using System.Diagnostics;
using Ttm.Testing;
using Ttm.Testing.Sound;

namespace Ttm.Rtc.Tests.Testing;

public sealed class QuarterSecondSignalTests
{
    [Theory]
    [InlineData(24_000)]
    [InlineData(44_100)]
    public void Decode_EveryQuarterOfTheCircle_IsFoundInItsPlace(int sampleRate)
    {
        var quarters = QuarterSecondDecoder.Decode(QuarterSecondSignal.Generate(0, QuarterSecondSignal.Modulus, sampleRate));
        AssertPlaces(quarters, 0, QuarterSecondSignal.Modulus, TimeSpan.Zero, toleranceMs: 6);
        quarters.Min(quarter => quarter.Confidence).ShouldBeGreaterThan(0.85);
    }

    [Fact]
    public void Decode_StartOffsetAndQuietNoise_ChangesNothing()
    {
        var signal = QuarterSecondSignal.Generate(100, 30, 24_000);
        var randomness = new SeededRandomness(2);
        short[] samples = new short[signal.Samples.Length + 24_000];
        for (int i = 0; i < samples.Length; i++)
        {
            int from = i - 2_567;
            int sound = from >= 0 && from < signal.Samples.Length ? signal.Samples[from] / 4 : 0;
            samples[i] = (short)(sound + randomness.Next(41) - 20);
        }

        var quarters = QuarterSecondDecoder.Decode(new PcmSound(samples, 24_000));
        AssertPlaces(quarters, 100, 30, TimeSpan.FromSeconds(2_567 / 24_000.0), toleranceMs: 8);
    }

    [Fact]
    public void Decode_CutOutOfTheMiddle_TellsHowMuchOfEachQuarterIsLeft()
    {
        // From 130 ms into quarter 1 to 100 ms into quarter 5, and on from 70 ms into quarter 9.
        short[] all = QuarterSecondSignal.Generate(0, 12, 48_000).Samples;
        short[] cut = [.. all[(12_000 + 6_240)..((5 * 12_000) + 4_800)], .. all[((9 * 12_000) + 3_360)..]];
        var quarters = QuarterSecondDecoder.Decode(new PcmSound(cut, 48_000));

        quarters.Select(quarter => quarter.Index).ShouldBe([1, 2, 3, 4, 5, 9, 10, 11]);
        quarters.Where(quarter => quarter.IsWhole).Select(quarter => quarter.Index).ShouldBe([2, 3, 4, 10, 11]);
        quarters[0].Length.TotalMilliseconds.ShouldBe(120, 12);
        quarters[4].Length.TotalMilliseconds.ShouldBe(100, 12);
        quarters[5].Length.TotalMilliseconds.ShouldBe(180, 12);
    }

    [Fact]
    public void Decode_ADoubledAndAMissingQuarter_AreBothSeen()
    {
        short[] all = QuarterSecondSignal.Generate(0, 6, 48_000).Samples;
        short[] damaged = [.. all[..24_000], .. all[12_000..24_000], .. all[36_000..]];
        QuarterSecondDecoder.Decode(new PcmSound(damaged, 48_000)).Select(quarter => quarter.Index).ShouldNotBe([0, 1, 2, 3, 4, 5]);
        var lengths = QuarterSecondDecoder.Decode(new PcmSound(damaged, 48_000)).ToLookup(quarter => quarter.Index, quarter => quarter.Length);
        lengths[1].Sum(length => length.TotalMilliseconds).ShouldBe(500, 40);
        lengths[2].ShouldBeEmpty();
    }

    [Fact]
    public void Decode_SilenceNoiseAndSingleTones_HoldNothing()
    {
        var randomness = new SeededRandomness(7);
        short[] noise = [.. Enumerable.Range(0, 48_000).Select(_ => (short)(randomness.Next(20_001) - 10_000))];
        short[] tone = [.. Enumerable.Range(0, 48_000).Select(i => (short)(9_000 * Math.Sin(2 * Math.PI * 620 * i / 48_000)))];
        QuarterSecondDecoder.Decode(new PcmSound(new short[48_000], 48_000)).ShouldBeEmpty();
        QuarterSecondDecoder.Decode(new PcmSound(noise, 48_000)).ShouldBeEmpty();
        QuarterSecondDecoder.Decode(new PcmSound(tone, 48_000)).ShouldBeEmpty();
        QuarterSecondDecoder.Decode(new PcmSound([], 48_000)).ShouldBeEmpty();
    }

    [Fact]
    public void Unwrap_LongerThanTheCircleWithAPause_GivesTheGeneratedNumbers()
    {
        List<short> samples = [.. QuarterSecondSignal.Generate(500, 300, 8_000).Samples];
        samples.AddRange(new short[8_000 * 20]);
        samples.AddRange(QuarterSecondSignal.Generate(880, 5, 8_000).Samples);
        var quarters = QuarterSecondDecoder.Unwrap(QuarterSecondDecoder.Decode(new PcmSound([.. samples], 8_000)), near: 450);
        quarters.Select(quarter => quarter.Index).ShouldBe([.. Enumerable.Range(500, 300), .. Enumerable.Range(880, 5)]);
    }

    [Theory]
    [InlineData("-c:a libopus -b:a 32k -application voip", "ogg")]
    [InlineData("-c:a libopus -b:a 24k -application audio -frame_duration 20", "ogg")]
    [InlineData("-ar 24000 -c:a libmp3lame -b:a 64k -reservoir 0", "mp3")]
    public void Decode_ThroughACodec_FindsEveryQuarter(string codec, string extension)
    {
        string folder = Directory.CreateTempSubdirectory("ttm-signal-").FullName;
        try
        {
            string wav = Path.Combine(folder, "in.wav");
            WavFile.Write(wav, QuarterSecondSignal.Generate(40, QuarterSecondSignal.Modulus));
            Transcode($"-i in.wav {codec} coded.{extension}", folder);
            Transcode($"-i coded.{extension} -ar 24000 -ac 1 out.wav", folder);
            var quarters = QuarterSecondDecoder.Unwrap(QuarterSecondDecoder.Decode(WavFile.Read(Path.Combine(folder, "out.wav"))), 40);

            // A decoder may keep its own delay of up to 60 ms.
            AssertPlaces(quarters, 40, QuarterSecondSignal.Modulus, TimeSpan.FromMilliseconds(25), toleranceMs: 40);
            quarters.Min(quarter => quarter.Confidence).ShouldBeGreaterThan(0.8);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Parse_WhatWasWritten_IsTheSame()
    {
        var sound = new PcmSound([1, -2, short.MaxValue, short.MinValue], 24_000, 2);
        byte[] file = WavFile.ToBytes(sound);
        var read = WavFile.Parse(file);
        read.Samples.ShouldBe(sound.Samples);
        read.SampleRate.ShouldBe(24_000);
        read.Channels.ShouldBe(2);
        read.ToMono().Samples.ShouldBe([0, 0]);

        file.AsSpan(40, 4).Fill(0xFF);
        WavFile.Parse(file).Samples.ShouldBe(sound.Samples);
        Should.Throw<InvalidDataException>(() => WavFile.Parse(file.AsSpan(0, 30)));
    }

    private static void AssertPlaces(IReadOnlyList<DecodedQuarter> quarters, int first, int count, TimeSpan offset, double toleranceMs)
    {
        quarters.Select(quarter => quarter.Index % QuarterSecondSignal.Modulus)
            .ShouldBe(Enumerable.Range(first, count).Select(index => index % QuarterSecondSignal.Modulus));
        for (int i = 0; i < count; i++)
        {
            quarters[i].Start.TotalMilliseconds.ShouldBe((i * 250) + offset.TotalMilliseconds, toleranceMs);
            quarters[i].Length.TotalMilliseconds.ShouldBe(250, 20);
        }
    }

    private static void Transcode(string arguments, string folder)
    {
        var start = new ProcessStartInfo("ffmpeg", "-nostdin -hide_banner -loglevel error -y " + arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        string errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        process.ExitCode.ShouldBe(0, errors);
    }
}
