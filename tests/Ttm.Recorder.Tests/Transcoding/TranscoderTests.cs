using Ttm.Recorder.Tests.Simulation;

namespace Ttm.Recorder.Tests.Transcoding;

/// <summary>From the sink to what ffmpeg hears in the MP3.</summary>
public sealed class TranscoderTests
{
    private const int Rate = 24_000;

    [Fact]
    public void Transcode_CleanSpeech_HoldsEveryQuarterSecondAtItsTime()
    {
        using var encoder = new OpusEncoder();
        using var recording = new SimulatedRecording();
        var packets = new SimulatedTeacher(encoder).Speak(0, 20, Tones.At);
        recording.Record(SimulatedRecording.Network(packets), 2.03, 18.04);
        short[] heard = recording.Play();

        // The network takes 20 ms: at 2.03 the newest packet ended at 2.00.
        heard.Length.ShouldBe((int)recording.Finished.Samples);
        Seconds(heard).ShouldBe(16.01, 0.03);
        Tones.Read(heard, Rate).ShouldBe(Symbols(8, 64));
        recording.Quality.Expected.ShouldBeInRange(800 - 2, 800 + 2);
        recording.Quality.Lost.ShouldBe(0);
        NoClick(heard, recording);
    }

    [Fact]
    public void Transcode_LossAndReordering_LosesNoQuarterSecond()
    {
        using var encoder = new OpusEncoder();
        using var recording = new SimulatedRecording();
        var packets = new SimulatedTeacher(encoder).Speak(0, 20, Tones.At);
        recording.Record(SimulatedRecording.Network(packets, loss: 0.05, jitter: 0.06), 2.0, 18.0);
        short[] heard = recording.Play();

        Seconds(heard).ShouldBe(16, 0.05);
        double shift = recording.Finished.Samples / (double)Rate - 16;
        Math.Abs(shift).ShouldBeLessThan(0.05);
        Tones.Read(heard, Rate, 0.25)[..60].ShouldBe(Symbols(9, 60));
        recording.Quality.Expected.ShouldBeInRange(800 - 6, 800 + 6);
        recording.Quality.Lost.ShouldBeInRange(20, 70);
        recording.Quality.Recovered.ShouldBeGreaterThan(recording.Quality.Lost / 2);
        (recording.Quality.Recovered + recording.Quality.Concealed).ShouldBeGreaterThanOrEqualTo(recording.Quality.Lost - 2);
        NoClick(heard, recording);
    }

    [Fact]
    public void Transcode_DiscontinuousSpeech_WritesPausesAsDigitalSilence()
    {
        using var encoder = new OpusEncoder(dtx: true);
        using var recording = new SimulatedRecording();
        var chance = new Random(3);
        var packets = new SimulatedTeacher(encoder).Speak(0, 24, time => time % 8 < 4 ? Tones.At(time) : (short)chance.Next(-20, 20)).ToList();
        packets.Count.ShouldBeLessThan(1000);
        recording.Record(SimulatedRecording.Network(packets), 1.02, 23.02);
        short[] heard = recording.Play();

        Seconds(heard).ShouldBe(22, 0.03);
        int[] symbols = Tones.Read(heard, Rate);
        for (int i = 0; i < symbols.Length; i++)
        {

            int quarter = i + 4;
            if (quarter % 32 < 16)
                symbols[i].ShouldBe(quarter);
            else if (quarter % 32 is > 22 and < 31)
                Tones.Rms(heard.AsSpan(i * Rate / 4, Rate / 4)).ShouldBeLessThan(1);
        }

        NoClick(heard, recording);
    }

    [Fact]
    public void Transcode_MutedMicrophoneWhoseClockGoesOn_IsSilence() => Pause(clockStops: false);

    [Fact]
    public void Transcode_MicrophoneTakenAwayWhoseClockStops_IsSilence() => Pause(clockStops: true);

    [Fact]
    public void Transcode_NewSsrcAfterADrop_ContinuesAtItsTime()
    {
        using var first = new OpusEncoder();
        using var second = new OpusEncoder();
        using var recording = new SimulatedRecording();
        var packets = new SimulatedTeacher(first).Speak(0, 10, Tones.At)
            .Concat(new SimulatedTeacher(second, 42, 7, 99).Speak(50, 60, Tones.At));
        recording.Record(SimulatedRecording.Network(packets), 1.02, 59.02);
        short[] heard = recording.Play();

        Seconds(heard).ShouldBe(58, 0.05);
        int[] symbols = Tones.Read(heard, Rate);
        symbols[..36].ShouldBe(Symbols(4, 36));
        symbols[37..195].ShouldAllBe(symbol => symbol == -1);
        symbols[196..231].ShouldBe(Symbols(200, 35));
        recording.Quality.Lost.ShouldBe(0);
        NoClick(heard, recording);
    }

    [Theory]
    [InlineData(30 * 60 * 48_000)]
    [InlineData(-30 * 60 * 48_000)]
    [InlineData(-960)]
    [InlineData(int.MaxValue)]
    public void Transcode_TimestampJump_LeavesTheWallClockRight(int jump)
    {
        using var encoder = new OpusEncoder();
        using var recording = new SimulatedRecording();
        var teacher = new SimulatedTeacher(encoder);
        List<SentPacket> packets = [.. teacher.Speak(0, 10, Tones.At)];
        teacher.Jump(jump);
        packets.AddRange(teacher.Speak(10, 20, Tones.At));
        recording.Record(SimulatedRecording.Network(packets, jitter: 0.01), 1.03, 19.03);
        short[] heard = recording.Play();

        Seconds(heard).ShouldBe(18, 0.05);
        int[] symbols = Tones.Read(heard, Rate);
        symbols[..35].ShouldBe(Symbols(4, 35));
        symbols[37..71].ShouldBe(Symbols(41, 34));
        NoClick(heard, recording);
    }

    [Fact]
    public void Transcode_SequenceReset_LosesNothing()
    {
        using var encoder = new OpusEncoder();
        using var recording = new SimulatedRecording();
        var teacher = new SimulatedTeacher(encoder);
        List<SentPacket> packets = [.. teacher.Speak(0, 5, Tones.At)];
        teacher.SkipSequence(20_000);
        packets.AddRange(teacher.Speak(5, 10, Tones.At));
        recording.Record(SimulatedRecording.Network(packets), 1.02, 9.02);
        Tones.Read(recording.Play(), Rate).ShouldBe(Symbols(4, 32));
        recording.Quality.Lost.ShouldBe(0);
    }

    [Fact]
    public void Transcode_FirstAndLastSyllable_AreWholeAndInPlace()
    {
        using var encoder = new OpusEncoder();
        using var recording = new SimulatedRecording();

        // A burst of 100 ms from the very first sample of the recording on, and one that ends with its last.
        static short Signal(double time) => time is >= 2.0 and < 2.1 or >= 3.9 and < 4.0 ? (short)(12_000 * Math.Sin(2 * Math.PI * 500 * time)) : (short)0;
        var packets = new SimulatedTeacher(encoder).Speak(0, 6, Signal);
        recording.Record(SimulatedRecording.Network(packets), 2.03, 4.03);
        short[] heard = recording.Play();

        Seconds(heard).ShouldBe(2, 0.02);
        int onset = Array.FindIndex(heard, sample => Math.Abs((int)sample) > 2000);
        int end = heard.Length - 1 - Array.FindLastIndex(heard, sample => Math.Abs((int)sample) > 2000);

        // Opus itself looks 6.5 ms ahead: its sound is that much late, at both ends alike.
        (onset / (double)Rate).ShouldBeInRange(0.004, 0.012);
        (end / (double)Rate).ShouldBeLessThan(0.004);
        Tones.Rms(heard.AsSpan(0, Rate / 10)).ShouldBeGreaterThan(6000);
        Tones.Rms(heard.AsSpan(heard.Length - (Rate / 10))).ShouldBeGreaterThan(6000);
    }

    [Fact]
    public void Transcode_StereoOfEqualChannels_KeepsItsLoudness()
    {
        using var encoder = new OpusEncoder(channels: 2, bitrate: 64_000);
        using var recording = new SimulatedRecording();
        recording.Record(SimulatedRecording.Network(new SimulatedTeacher(encoder).Speak(0, 6, Tones.At)), 1.02, 5.02);
        Tones.Rms(recording.Play()).ShouldBe(6000, 600);
    }

    [Fact]
    public void Transcode_StalledNetwork_PutsTheBurstWhereItBelongs()
    {
        using var encoder = new OpusEncoder();
        using var recording = new SimulatedRecording();
        var packets = SimulatedRecording.Network(new SimulatedTeacher(encoder).Speak(0, 20, Tones.At))
            .Select(pair => (Arrival: pair.Arrival is > 8 and < 10 ? 10 + ((pair.Arrival - 8) * 0.05) : pair.Arrival, pair.Packet))
            .OrderBy(pair => pair.Arrival);
        recording.Record(packets, 1.02, 19.02);
        Tones.Read(recording.Play(), Rate).ShouldBe(Symbols(4, 72));
        recording.Quality.Lost.ShouldBe(0);
    }

    [Fact]
    public void Transcode_NoPacketAtAll_IsSilenceForItsTime()
    {
        using var recording = new SimulatedRecording();
        recording.Record([], 1, 4.5);
        short[] heard = recording.Play();
        heard.Length.ShouldBe((int)(3.5 * Rate));
        heard.ShouldAllBe(sample => sample == 0);
    }

    [Fact]
    public void Transcode_JournalWithoutEnd_EndsWithItsLastRecord()
    {
        using var encoder = new OpusEncoder();
        using var recording = new SimulatedRecording { CutOff = true };
        recording.Record(SimulatedRecording.Network(new SimulatedTeacher(encoder).Speak(0, 10, Tones.At)), 1.02, 9.02);
        short[] heard = recording.Play();
        Seconds(heard).ShouldBe(8, 0.3);
        Tones.Read(heard, Rate)[..31].ShouldBe(Symbols(4, 31));
    }

    private static void Pause(bool clockStops)
    {
        using var encoder = new OpusEncoder();
        using var recording = new SimulatedRecording();
        var teacher = new SimulatedTeacher(encoder);
        List<SentPacket> packets = [.. teacher.Speak(0, 8, Tones.At)];
        if (!clockStops)
            teacher.Jump(12 * 48_000);
        packets.AddRange(teacher.Speak(20, 28, Tones.At));
        recording.Record(SimulatedRecording.Network(packets), 1.02, 27.02);
        short[] heard = recording.Play();

        Seconds(heard).ShouldBe(26, 0.05);
        int[] symbols = Tones.Read(heard, Rate);
        symbols[..28].ShouldBe(Symbols(4, 28));
        symbols[29..75].ShouldAllBe(symbol => symbol == -1);
        symbols[76..103].ShouldBe(Symbols(80, 27));
        recording.Quality.Lost.ShouldBe(0);
        NoClick(heard, recording);
    }

    private static double Seconds(short[] heard) => heard.Length / (double)Rate;

    private static int[] Symbols(int first, int count) => [.. Enumerable.Range(first, count).Select(symbol => symbol % Tones.Count)];

    // Two tones of 6000 each; codecs overshoot a little where they begin.
    /// <summary>Nothing is louder than what the packets themselves say, decoded one after the other.</summary>
    internal static void NoClick(short[] heard, SimulatedRecording recording)
    {
        int loudest = heard.Max(sample => Math.Abs((int)sample));
        loudest.ShouldBeLessThan((int)(recording.LoudestSent * 1.15) + 500, $"at {Array.FindIndex(heard, sample => Math.Abs((int)sample) == loudest) / (double)Rate:0.000} s");
    }
}
