using System.Globalization;
using Ttm.Recorder.Journal;
using Ttm.Recorder.Lame;
using Ttm.Recorder.Opus;
using Ttm.Recorder.Transcoding;
using Ttm.Rtc;
using Ttm.Rtc.Rtp;

namespace Ttm.Bench;

/// <summary>
/// CPU of a recorded lesson, from the sink on the media loop to the finished MP3 with its hash, against the floor: decoding the same packets and
/// encoding the result, and nothing else. Both in this process, in turns; the figure is the median of the turns.
/// </summary>
internal static class RecorderFloor
{
    private const int SampleRate = 24_000;
    private const int Bitrate = 64_000;
    private const int Seconds = 60;
    private const int Turns = 9;

    public static void Run()
    {
        List<byte[]> packets = SyntheticSpeech.Packets(Seconds);
        string directory = Directory.CreateTempSubdirectory("ttm-bench-").FullName;
        try
        {
            Floor(packets);
            Pipeline(packets, directory);
            List<(double Floor, double Pipeline)> turns = [];
            for (int turn = 0; turn < Turns; turn++)
                turns.Add((Cpu(() => Floor(packets)), Cpu(() => Pipeline(packets, directory))));
            Print(turns);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static void Print(List<(double Floor, double Pipeline)> turns)
    {
        double floor = Median(turns.Select(turn => turn.Floor));
        double pipeline = Median(turns.Select(turn => turn.Pipeline));
        Console.WriteLine($"| a recorded lesson, {Seconds} s of speech, {Turns} turns | CPU per second of audio | per 20 ms |");
        Console.WriteLine("| --- | ---: | ---: |");
        Line("floor: Opus decode + LAME encode", floor);
        Line("sink → journal → MP3 with tags and SHA-256", pipeline);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| ratio of the medians | {pipeline / floor:0.00} | median of the ratios {Median(turns.Select(turn => turn.Pipeline / turn.Floor)):0.00} |"));
    }

    private static void Line(string name, double milliseconds) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {milliseconds / Seconds:0.00} ms | {milliseconds / Seconds / 50 * 1000:0} µs |"));

    private static double Median(IEnumerable<double> values) => values.Order().ElementAt(Turns / 2);

    private static double Cpu(Action action)
    {
        TimeSpan before = Environment.CpuUsage.TotalTime;
        action();
        return (Environment.CpuUsage.TotalTime - before).TotalMilliseconds;
    }

    private static void Floor(List<byte[]> packets)
    {
        using var decoder = new OpusDecoder(SampleRate);
        using var encoder = new LameEncoder(SampleRate, Bitrate);
        short[] pcm = new short[5760];
        byte[] mp3 = new byte[encoder.MaxBytes(pcm.Length)];
        foreach (byte[] packet in packets)
        {
            int count = decoder.Decode(packet.AsSpan(RtpPacket.FixedHeaderLength), pcm);
            encoder.Encode(pcm.AsSpan(0, count), mp3);
        }

        encoder.Flush(mp3);
    }

    /// <summary>As in the server, each second's work after the second: writes of 200 ms, transcoding of a second.</summary>
    private static void Pipeline(List<byte[]> packets, string directory)
    {
        string journal = Path.Combine(directory, "rec.rtpdump");
        var heading = new JournalHeading("rec", "lesson", "teacher", "student", 1, DateTimeOffset.UnixEpoch, null, SampleRate, Bitrate);
        var sink = new RecordingSink(new ByteRing(128 * 1024));
        using var appender = new JournalAppender(sink, heading, journal, instant => DateTimeOffset.UnixEpoch.AddTicks(instant.Ticks));
        var now = new Instant(0);
        sink.Open(new StreamPosition(now, 1, 0, true));
        Transcoder? transcoder = null;
        for (int i = 0; i < packets.Count; i++)
        {
            now += TimeSpan.FromMilliseconds(20);
            _ = RtpPacket.TryParse(packets[i], out RtpPacket packet);
            sink.Write(packet, now);
            if (i % 10 == 9)
                appender.Commit(now);
            if (i % 50 != 49)
                continue;
            transcoder ??= new Transcoder(journal, journal + ".part");
            while (transcoder.Step(appender.CommittedBytes, appender.CommittedUntil) == TranscodeStep.More)
            {
            }
        }

        sink.Close(new StreamPosition(now, 1, (uint)(packets.Count * 960), true));
        appender.Commit(now);
        while (transcoder!.Step(appender.CommittedBytes, null) == TranscodeStep.More)
        {
        }

        transcoder.Finish(Path.Combine(directory, "rec.mp3"));
        transcoder.Dispose();
    }
}
