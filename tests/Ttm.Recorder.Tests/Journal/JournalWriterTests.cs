using Ttm.Net;
using Ttm.Recorder.Journal;
using Ttm.Recorder.Recordings;
using Ttm.Recorder.Tests.Simulation;
using Ttm.Rtc;
using Ttm.Rtc.Rtp;
using Ttm.Testing;

namespace Ttm.Recorder.Tests.Journal;

/// <summary>What the writer leaves to a process that is killed.</summary>
public sealed class JournalWriterTests : IDisposable, IJournalObserver
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("ttm-recorder-");
    private readonly List<string> _refused = [];
    private readonly byte[] _datagram = new byte[RtpPacket.FixedHeaderLength + 80];

    public JournalWriterTests() => RtpPacket.WriteHeader(_datagram, false, 111, 1, 1, 1);

    public void Dispose() => _directory.Delete(recursive: true);

    /// <summary>So a kill never leaves a hole in a lesson's sequence numbers.</summary>
    [Fact]
    public void Pass_OverSeveralRecordings_BeginsWithTheOldest()
    {
        var now = new Instant(TimeSpan.TicksPerDay);
        using var writer = new JournalWriter(() => now, this);
        foreach (string id in new[] { "rec_1", "rec_2", "rec_3" })
            Begin(writer, id, Path.Combine("missing", id), now).Open(new StreamPosition(now, 0, 0, false));

        writer.Pass();

        _refused.ShouldBe(["rec_1", "rec_2", "rec_3"]);
    }

    /// <summary>A flush may take seconds on a disk that others use; what was said in the meantime must not die with the process.</summary>
    [Fact]
    public async Task Write_WhileTheDiskFlushesForSeconds_ReachesTheFilesAllTheSame()
    {
        using var flushing = new SemaphoreSlim(0);
        using var release = new SemaphoreSlim(0);
        var clock = new MediaClock(TimeProvider.System);
        using var writer = new JournalWriter(() => clock.Now, this);
        RecordingSink[] sinks =
        [
            .. new[] { "rec_1", "rec_2" }.Select(id => Begin(writer, id, id, clock.Now, _ =>
            {
                flushing.Release();
                release.Wait();
            })),
        ];
        writer.Start();
        foreach (RecordingSink sink in sinks)
            sink.Open(new StreamPosition(clock.Now, 0, 0, false));
        await flushing.WaitAsync();

        for (int round = 0; round < 3; round++)
        {
            foreach (RecordingSink sink in sinks)
                Write(sink, clock.Now);
            await Until.TrueAsync(() => sinks.All(sink => sink.Ring.Peek(out _, out _) == 0));
        }

        // A recording that ends is whole, and its MP3 may be made, before the disk has answered.
        sinks[0].Close(new StreamPosition(clock.Now, 0, 0, false));
        await Until.TrueAsync(() => HasClose("rec_1"));
        flushing.CurrentCount.ShouldBe(0);
        release.Release(100);
    }

    void IJournalObserver.Grown(RecordingWork work)
    {
    }

    void IJournalObserver.Completed(RecordingWork work)
    {
    }

    void IJournalObserver.Refused(RecordingWork work, Exception exception) => _refused.Add(work.Id);

    void IJournalObserver.Dropped(RecordingWork work, long packets)
    {
    }

    private RecordingSink Begin(JournalWriter writer, string id, string file, Instant now, Action<Microsoft.Win32.SafeHandles.SafeFileHandle>? flush = null)
    {
        var sink = new RecordingSink(new ByteRing(12_000));
        string path = Path.Combine(_directory.FullName, file + ".rtpdump");
        writer.Add(new RecordingWork(id, sink, new JournalAppender(sink, SimulatedRecording.Heading, path, at => SimulatedRecording.Wall + (at - now), flush)));
        return sink;
    }

    private void Write(RecordingSink sink, Instant now)
    {
        _ = RtpPacket.TryParse(_datagram, out RtpPacket packet);
        sink.Write(packet, now);
    }

    private bool HasClose(string id)
    {
        using var reader = new JournalReader(Path.Combine(_directory.FullName, id + ".rtpdump"));
        for (; reader.TryPeek(long.MaxValue, out JournalRecord record); reader.Advance())
        {
            if (record.IsRtcp && JournalMark.TryParse(record.Packet, out JournalMark mark) && mark.Kind == JournalMarkKind.Close)
                return true;
        }

        return false;
    }
}
