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
/// encoding every sample of the same time, and nothing else. Both in this process, in turns; the figures are medians of the turns.
/// </summary>
internal static class RecorderFloor
{
    private const int SampleRate = 24_000;
    private const int Bitrate = 64_000;
    private const int Seconds = 60;
    private const int Slots = Seconds * 50;
    private const int Turns = 9;

    public static void Run()
    {
        string directory = Directory.CreateTempSubdirectory("ttm-bench-").FullName;
        try
        {
            Console.WriteLine($"Recorded speech, {Seconds} s, {Turns} turns: CPU for each second of audio");
            Console.WriteLine();
            Console.WriteLine("| silence | decode + encode | recorder | of a core | to decode + encode | recorded lessons per core |");
            Console.WriteLine("| --- | ---: | ---: | ---: | ---: | ---: |");
            Measure("0 %", SyntheticSpeech.Packets(Seconds), directory);
            foreach (int percent in (int[])[30, 50, 60])
            {
                Measure($"{percent} %, muted", SyntheticSpeech.Packets(Seconds, percent / 100.0, Pause.Muted), directory);
                Measure($"{percent} %, usedtx=1", SyntheticSpeech.Packets(Seconds, percent / 100.0, Pause.Discontinuous), directory);
            }
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static void Measure(string name, List<byte[]> packets, string directory)
    {
        Floor(packets);
        Pipeline(packets, directory);
        List<(double Floor, double Pipeline)> turns = [];
        for (int turn = 0; turn < Turns; turn++)
            turns.Add((Cpu(() => Floor(packets)), Cpu(() => Pipeline(packets, directory))));
        double floor = Median(turns.Select(turn => turn.Floor)) / Seconds;
        double pipeline = Median(turns.Select(turn => turn.Pipeline)) / Seconds;
        double ratio = Median(turns.Select(turn => turn.Pipeline / turn.Floor));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {name} | {floor:0.00} ms | {pipeline:0.00} ms | {pipeline / 10:0.00} % | {ratio:0.00} | {1000 / pipeline:0} |"));
    }

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
        short[] silence = new short[SampleRate / 50];
        byte[] mp3 = new byte[encoder.MaxBytes(pcm.Length)];
        int next = 0;
        for (int slot = 0; slot < Slots; slot++)
        {
            if (next < packets.Count && TimestampOf(packets[next]) == slot * SyntheticSpeech.Frame)
            {
                int count = decoder.Decode(packets[next++].AsSpan(RtpPacket.FixedHeaderLength), pcm);
                encoder.Encode(pcm.AsSpan(0, count), mp3);
            }
            else
            {
                encoder.Encode(silence, mp3);
            }
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
        int next = 0;
        for (int slot = 0; slot < Slots; slot++)
        {
            now += TimeSpan.FromMilliseconds(20);
            if (next < packets.Count && TimestampOf(packets[next]) == slot * SyntheticSpeech.Frame)
            {
                _ = RtpPacket.TryParse(packets[next++], out RtpPacket packet);
                sink.Write(packet, now);
            }

            if (slot % 10 == 9)
                appender.Commit(now);
            if (slot % 50 != 49)
                continue;
            transcoder ??= new Transcoder(journal, journal + ".part");
            while (transcoder.Step(appender.CommittedBytes, appender.CommittedUntil) == TranscodeStep.More)
            {
            }
        }

        sink.Close(new StreamPosition(now, 1, (uint)(Slots * SyntheticSpeech.Frame), true));
        appender.Commit(now);
        while (transcoder!.Step(appender.CommittedBytes, null) == TranscodeStep.More)
        {
        }

        transcoder.Finish(Path.Combine(directory, "rec.mp3"));
        transcoder.Dispose();
    }

    private static uint TimestampOf(byte[] packet) => RtpPacket.TryParse(packet, out RtpPacket parsed) ? parsed.Timestamp : 0;
}
