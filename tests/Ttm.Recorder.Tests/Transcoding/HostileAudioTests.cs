using Ttm.Recorder.Tests.Simulation;
using Ttm.Testing;

namespace Ttm.Recorder.Tests.Transcoding;

/// <summary>
/// Streams that are broken, change their form in the midst or come back from elsewhere. Whatever they do, ffmpeg finds in the MP3 the wall time to
/// 50 ms, what was said at its time, silence where there was none, and no click.
/// </summary>
public sealed class HostileAudioTests
{
    private const int Rate = 24_000;

    [Theory]
    [InlineData("stereo")]
    [InlineData("narrowband")]
    [InlineData("wideband")]
    [InlineData("packets of 10 ms")]
    [InlineData("packets of 60 ms")]
    [InlineData("another encoder")]
    public void Transcode_FormChangesInTheMidst_IsHeardThroughout(string form)
    {
        using var usual = new OpusEncoder();
        using var other = form switch
        {
            "stereo" => new OpusEncoder(channels: 2, bitrate: 64_000),
            "narrowband" => new OpusEncoder(bitrate: 16_000, rate: 8000),
            "wideband" => new OpusEncoder(rate: 16_000),
            _ => new OpusEncoder(),
        };
        var teacher = new SimulatedTeacher(usual);
        List<SentPacket> packets = [];
        for (int turn = 0; turn < 6; turn++)
        {
            teacher.Encoder = turn % 2 == 0 ? usual : other;
            teacher.Milliseconds = turn % 2 == 0 ? 20 : form switch { "packets of 10 ms" => 10, "packets of 60 ms" => 60, _ => 20 };
            packets.AddRange(teacher.Speak(turn * 3, (turn + 1) * 3, Tones.At));
        }

        Play(packets, 1.02, 17.02, out short[] heard, out _);

        // A new form begins with a fresh encoder: the quarter it begins in may sound otherwise.
        int[] symbols = Tones.Read(heard, Rate);
        for (int i = 0; i < 63; i++)
        {
            if (i % 12 != 8)
                symbols[i].ShouldBe(i + 4);
        }
    }

    [Theory]
    [InlineData("empty")]
    [InlineData("noise")]
    [InlineData("cut short")]
    [InlineData("bits flipped")]
    public void Transcode_CorruptPayloads_CostThemselvesAlone(string kind)
    {
        var chance = new SeededRandomness(7);
        using var encoder = new OpusEncoder();
        List<SentPacket> packets = [.. new SimulatedTeacher(encoder).Speak(0, 20, time => (short)(Tones.At(time) / 2))];

        // The first two seconds teach the recorder how loud speech is.
        for (int i = 175; i < packets.Count; i += 50)
        {
            byte[] payload = packets[i].Payload;
            byte[] corrupt = kind switch
            {
                "empty" => [],
                "noise" => Noise(chance, 1 + chance.Next(150)),
                "cut short" => payload[..chance.Next(payload.Length)],
                _ => Mutations.Random(payload, 1, chance.NextUInt64()).First(),
            };
            packets[i] = packets[i] with { Payload = corrupt, IsCorrupt = true };
        }

        using var recording = new SimulatedRecording();
        recording.Record(SimulatedRecording.Network(packets), 1.02, 19.02);
        short[] heard = recording.Play();

        (heard.Length / (double)Rate).ShouldBe(18, 0.05);
        int loudest = heard.Max(sample => Math.Abs((int)sample));
        loudest.ShouldBeLessThan(20_000, $"speech {recording.LoudestSent}");
        Tones.Read(heard, Rate).Zip(Symbols(4, 72)).Count(pair => pair.First != pair.Second).ShouldBeLessThan(3);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.3)]
    [InlineData(2.5)]
    public void Transcode_EveryPacketTwice_IsHeardOnce(double later)
    {
        using var encoder = new OpusEncoder();
        var once = SimulatedRecording.Network(new SimulatedTeacher(encoder).Speak(0, 12, Tones.At)).ToList();
        var twice = once.Concat(once.Select(pair => (Arrival: pair.Arrival + later, pair.Packet))).OrderBy(pair => pair.Arrival);
        using var recording = new SimulatedRecording();

        Play(recording, twice, 1.02, 11.02, out short[] heard);

        Tones.Read(heard, Rate).ShouldBe(Symbols(4, 40));
        recording.Quality.Expected.ShouldBeInRange(500 - 2, 500 + 2);
        recording.Quality.Lost.ShouldBe(0);
    }

    [Theory]
    [InlineData(0.5, true)]
    [InlineData(2.5, true)]
    [InlineData(4, false)]
    public void Transcode_LatePackets_AreUsedWithinThreeSeconds(double late, bool used)
    {
        using var encoder = new OpusEncoder(fec: false);

        // A quarter of a second of every two is late, as long as it comes before the end.
        var arrivals = SimulatedRecording.Network(new SimulatedTeacher(encoder).Speak(0, 20, Tones.At))
            .Select(pair => (Arrival: pair.Packet.SentAt < 14 && pair.Packet.SentAt % 2 is > 1 and <= 1.25 ? pair.Arrival + late : pair.Arrival, pair.Packet))
            .OrderBy(pair => pair.Arrival);
        using var recording = new SimulatedRecording();

        Play(recording, arrivals, 2.02, 18.02, out short[] heard);

        int[] symbols = Tones.Read(heard, Rate);
        for (int i = 0; i < 58; i++)
        {
            if (used || i % 8 != 4 || i > 48)
                symbols[i].ShouldBe(i + 8);
        }

        if (used)
            recording.Quality.Lost.ShouldBe(0);
        else
            recording.Quality.Lost.ShouldBeInRange(6 * 11, 6 * 14);
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.4)]
    [InlineData(3.0)]
    public void Transcode_NewSsrc_GoesOnAtItsTime(double away)
    {
        using var first = new OpusEncoder();
        using var second = new OpusEncoder();
        var packets = new SimulatedTeacher(first).Speak(0, 8, Tones.At).Concat(new SimulatedTeacher(second, 42, 7, 99).Speak(8 + away, 16, Tones.At));

        Play(packets, 1.02, 15.02, out short[] heard, out SimulatedRecording recording);

        ShouldPause(heard, 8, 8 + away);
        recording.Quality.Lost.ShouldBe(0);
    }

    /// <summary>The way is gone, and the browser speaks into the void: after an ICE restart it goes on with the same stream, from another address.</summary>
    [Theory]
    [InlineData(40)]
    [InlineData(90)]
    public void Transcode_SameStreamFromAnotherNetwork_GoesOnAtItsTime(int away)
    {
        using var encoder = new OpusEncoder();
        var packets = new SimulatedTeacher(encoder).Speak(0, 16 + away, Tones.At).Where(packet => packet.SentAt <= 8 || packet.SentAt > 8 + away);

        Play(packets, 1.02, 15.02 + away, out short[] heard, out _);

        ShouldPause(heard, 8, 8 + away);
    }

    [Fact]
    public void Transcode_ThreeHoursOfMute_AreThreeHoursOfSilence()
    {
        const int Hours = 3 * 3600;
        using var encoder = new OpusEncoder();
        using var recording = new SimulatedRecording();
        var teacher = new SimulatedTeacher(encoder);
        List<SentPacket> packets = [.. teacher.Speak(0, 8, Tones.At)];
        teacher.Jump(Hours * 48_000);
        packets.AddRange(teacher.Speak(8 + Hours, 16 + Hours, Tones.At));
        recording.Record(SimulatedRecording.Network(packets), 1.02, 15.02 + Hours);
        recording.Transcode();

        (recording.Finished.Samples / (double)Rate).ShouldBe(Hours + 14, 0.05);
        short[] head = new short[Rate * 10];
        short[] tail = new short[Rate * 10];
        long loudest = 0;
        long length = Ffmpeg.Decode(recording.Mp3, Rate, (at, pcm) =>
        {
            for (int i = 0; i < pcm.Length; i++)
            {
                if (at + i < head.Length)
                    head[at + i] = pcm[i];
                else if (at + i >= recording.Finished.Samples - tail.Length)
                    tail[at + i - (recording.Finished.Samples - tail.Length)] = pcm[i];
                else
                    loudest = Math.Max(loudest, Math.Abs((int)pcm[i]));
            }
        });
        length.ShouldBe(recording.Finished.Samples);
        loudest.ShouldBeLessThanOrEqualTo(1);
        Tones.Read(head, Rate)[..28].ShouldBe(Symbols(4, 28));
        Tones.Read(head, Rate)[29..].ShouldAllBe(symbol => symbol == -1);
        Tones.Read(tail, Rate, 3.25)[..26].ShouldBe(Symbols(33 + (4 * Hours), 26));
        TranscoderTests.NoClick(head, recording);
        TranscoderTests.NoClick(tail, recording);
    }

    private static void Play(IEnumerable<SentPacket> packets, double from, double to, out short[] heard, out SimulatedRecording recording)
    {
        recording = new SimulatedRecording();
        using (recording)
            Play(recording, SimulatedRecording.Network(packets), from, to, out heard);
    }

    private static void Play(SimulatedRecording recording, IEnumerable<(double Arrival, SentPacket Packet)> arrivals, double from, double to, out short[] heard)
    {
        recording.Record(arrivals, from, to);
        heard = recording.Play();
        (heard.Length / (double)Rate).ShouldBe(to - from, 0.05);
        TranscoderTests.NoClick(heard, recording);
    }

    /// <summary>Speech from 1 s to the end but for the pause.</summary>
    private static void ShouldPause(short[] heard, double from, double to)
    {
        int[] symbols = Tones.Read(heard, Rate);
        for (int i = 0; i < symbols.Length - 1; i++)
        {
            double start = 1 + (i * 0.25);
            if (start + 0.25 <= from || start >= to + 0.05)
                symbols[i].ShouldBe((i + 4) % Tones.Count, $"at {start} s");
            else if (start > from && start + 0.25 < to)
                Tones.Rms(heard.AsSpan(i * Rate / 4, Rate / 4)).ShouldBeLessThan(1, $"at {start} s");
        }
    }

    private static byte[] Noise(SeededRandomness chance, int length)
    {
        byte[] bytes = new byte[length];
        chance.Fill(bytes);
        return bytes;
    }

    private static int[] Symbols(int first, int count) => [.. Enumerable.Range(first, count).Select(symbol => symbol % Tones.Count)];
}
