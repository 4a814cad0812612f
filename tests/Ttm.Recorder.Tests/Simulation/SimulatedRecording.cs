using Ttm.Recorder.Journal;
using Ttm.Recorder.Opus;
using Ttm.Recorder.Transcoding;
using Ttm.Rtc;
using Ttm.Rtc.Rtp;
using Ttm.Testing;

namespace Ttm.Recorder.Tests.Simulation;

/// <summary>Brings packets through a network into a sink, and on into a journal, on a clock of its own.</summary>
internal sealed class SimulatedRecording : IDisposable
{
    public static readonly DateTimeOffset Wall = new(2030, 1, 7, 9, 0, 0, TimeSpan.Zero);

    public static readonly JournalHeading Heading = new("rec_1", "algebra-1", "Ümit Öz", "s-17", 3, Wall, null, 24_000, 64_000);

    private static readonly Instant Origin = new(TimeSpan.TicksPerDay);

    private SentPacket? _newest;
    private double _newestCame;

    public string Directory { get; } = System.IO.Directory.CreateTempSubdirectory("ttm-recorder-").FullName;

    public string Journal => Path.Combine(Directory, "rec_1.rtpdump");

    public string Mp3 => Path.Combine(Directory, "rec_1.mp3");

    /// <summary>Leave the journal without a Close.</summary>
    public bool CutOff { get; init; }

    /// <summary>The loudest sample of the recorded packets, decoded in the order in which they came, without those that were corrupted.</summary>
    public int LoudestSent { get; private set; }

    public AudioQuality Quality { get; private set; } = new();

    public FinishedMp3 Finished { get; private set; } = null!;

    public static DateTimeOffset ToWall(Instant instant) => Wall + (instant - Origin);

    /// <summary>Loss, and delays between two bounds, which reorder.</summary>
    public static IEnumerable<(double Arrival, SentPacket Packet)> Network(IEnumerable<SentPacket> packets, double loss = 0, double jitter = 0, ulong seed = 1)
    {
        var chance = new SeededRandomness(seed);
        return packets
            .Where(_ => !chance.Chance(loss))
            .Select(packet => (Arrival: packet.SentAt + 0.02 + (jitter * chance.NextDouble()), packet))
            .OrderBy(pair => pair.Arrival);
    }

    /// <summary>Writes the journal of what arrives between the two times.</summary>
    public void Record(IEnumerable<(double Arrival, SentPacket Packet)> arrivals, double openAt, double closeAt)
    {
        var sink = new RecordingSink(new ByteRing(128 * 1024));
        using var appender = new JournalAppender(sink, Heading, Journal, ToWall);
        double flushedAt = openAt;
        using var decoder = new OpusDecoder(Heading.SampleRate);
        short[] pcm = new short[5760];
        foreach ((double arrival, SentPacket packet) in arrivals)
        {
            if (arrival >= openAt && !sink.IsOpened)
                sink.Open(PositionAt(openAt));
            if (arrival >= closeAt)
                break;
            for (; sink.IsOpened && flushedAt + 0.2 < arrival; flushedAt += 0.2)
                appender.Commit(At(flushedAt));
            if (_newest is null || packet.Ssrc != _newest.Ssrc || (int)(packet.Timestamp - _newest.Timestamp) > 0)
            {
                _newest = packet;
                _newestCame = arrival;
            }

            RtpPacket.TryParse(packet.ToDatagram(), out RtpPacket parsed).ShouldBeTrue();
            if (!packet.IsCorrupt && decoder.Decode(packet.Payload, pcm) is int count and > 0)
                LoudestSent = Math.Max(LoudestSent, pcm.Take(count).Max(sample => Math.Abs((int)sample)));
            sink.Write(parsed, At(arrival));
        }

        if (!sink.IsOpened)
            sink.Open(PositionAt(openAt));
        for (; flushedAt < closeAt; flushedAt += 0.2)
            appender.Commit(At(flushedAt));
        if (!CutOff)
            sink.Close(PositionAt(closeAt));
        appender.Commit(At(closeAt));
        sink.Dropped.ShouldBe(0);
    }

    /// <summary>Makes the MP3 and gives back what a player hears.</summary>
    public short[] Play()
    {
        Transcode();
        return Ffmpeg.Decode(Mp3, Heading.SampleRate);
    }

    public void Transcode()
    {
        using var transcoder = new Transcoder(Journal, Mp3 + ".part");
        TranscodeStep step;
        while ((step = transcoder.Step(long.MaxValue, null)) == TranscodeStep.More)
        {
        }

        step.ShouldBe(TranscodeStep.Complete);
        Finished = transcoder.Finish(Mp3);
        Quality = transcoder.Quality;
    }

    public void Dispose() => System.IO.Directory.Delete(Directory, recursive: true);

    public static Instant At(double seconds) => Origin + TimeSpan.FromSeconds(seconds);

    /// <summary>As the media loop computes it.</summary>
    private StreamPosition PositionAt(double seconds)
    {
        if (_newest is null)
            return new StreamPosition(At(seconds), 0, 0, false);
        double since = seconds - _newestCame;
        uint advance = since <= 0.06 ? 960u : (uint)(since * 48_000);
        return new StreamPosition(At(seconds), _newest.Ssrc, _newest.Timestamp + advance, true);
    }
}
