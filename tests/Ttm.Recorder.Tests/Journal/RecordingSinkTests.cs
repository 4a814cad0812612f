using Ttm.Recorder.Journal;
using Ttm.Recorder.Recordings;
using Ttm.Recorder.Tests.Simulation;
using Ttm.Rtc;
using Ttm.Rtc.Rtp;

namespace Ttm.Recorder.Tests.Journal;

public sealed class RecordingSinkTests : IJournalObserver, IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("ttm-recorder-");
    private readonly byte[] _datagram = new SentPacket(0, 1, 2, 3, new byte[100]).ToDatagram();
    private int _refused;
    private long _dropped;
    private int _completed;
    private Instant _now = new(TimeSpan.TicksPerHour);

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public void Write_InSteadyState_AllocatesNothing()
    {
        var ring = new ByteRing(64 * 1024);
        var sink = new RecordingSink(ring);
        sink.Open(default);
        Write(sink, 100);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            Write(sink, 10);
            ring.Release(ring.Peek(out _, out _));
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
        sink.Dropped.ShouldBe(0);
    }

    [Fact]
    public void Write_BeforeOpenAndAfterClose_IsIgnored()
    {
        var sink = new RecordingSink(new ByteRing(4096));
        Write(sink, 1);
        sink.Open(default);
        sink.Close(default);
        Write(sink, 1);
        sink.Ring.Peek(out _, out _).ShouldBe(0);
    }

    [Fact]
    public void Close_WithoutOpen_IsARecordingOfNoLength()
    {
        var sink = new RecordingSink(new ByteRing(4096));
        var position = new StreamPosition(_now, 1, 2, true);
        sink.Close(position);
        (sink.IsOpened, sink.IsClosed, sink.Start, sink.End).ShouldBe((true, true, position, position));
    }

    [Fact]
    public void Pass_WhileTheDiskRefuses_KeepsWhatFitsCountsTheRestAndGoesOn()
    {
        string spool = Path.Combine(_directory.FullName, "away");
        var sink = new RecordingSink(new ByteRing(12_000));
        using var writer = new JournalWriter(() => _now, this);
        var work = new RecordingWork("rec_1", sink, new JournalAppender(sink, SimulatedRecording.Heading, Path.Combine(spool, "rec_1.rtpdump"), _ => SimulatedRecording.Wall));
        writer.Add(work);
        sink.Open(new StreamPosition(_now, 0, 0, false));
        Write(sink, 60);
        writer.Pass();
        _refused.ShouldBe(1);
        _dropped.ShouldBe(0);
        Write(sink, 60);
        writer.Pass();
        _refused.ShouldBe(2);
        _dropped.ShouldBe(20);

        Directory.CreateDirectory(spool);
        writer.Pass();
        Write(sink, 10);
        sink.Close(new StreamPosition(_now, 0, 0, false));
        writer.Pass();
        _refused.ShouldBe(2);
        _completed.ShouldBe(1);
        using var reader = new JournalReader(work.Appender!.Path);
        int packets = 0;
        for (; reader.TryPeek(long.MaxValue, out JournalRecord record); reader.Advance())
            packets += record.IsRtcp ? 0 : 1;
        packets.ShouldBe(110);
    }

    [Fact]
    public void Pass_WithoutPackets_NotesThatTimeGoesOn()
    {
        var sink = new RecordingSink(new ByteRing(4096));
        using var writer = new JournalWriter(() => _now, this);
        string path = Path.Combine(_directory.FullName, "rec_1.rtpdump");
        writer.Add(new RecordingWork("rec_1", sink, new JournalAppender(sink, SimulatedRecording.Heading, path, _ => SimulatedRecording.Wall)));
        sink.Open(new StreamPosition(_now, 0, 0, false));
        for (int i = 0; i < 50; i++)
        {
            _now += TimeSpan.FromMilliseconds(200);
            writer.Pass();
        }

        uint last = 0;
        using var reader = new JournalReader(path);
        for (; reader.TryPeek(long.MaxValue, out JournalRecord record); reader.Advance())
            last = record.Milliseconds;
        last.ShouldBeGreaterThanOrEqualTo(9750u);
    }

    [Fact]
    public async Task Ring_BetweenTwoThreads_GivesEveryByteInOrder()
    {
        var ring = new ByteRing(1000);
        const int Total = 2_000_000;
        Task producing = Task.Run(() =>
        {
            byte[] bytes = new byte[37];
            int sent = 0;
            while (sent < Total)
            {
                for (int i = 0; i < bytes.Length; i++)
                    bytes[i] = (byte)((sent + i) % 251);
                if (ring.TryWrite(bytes.AsSpan(0, 8), bytes.AsSpan(8)))
                    sent += bytes.Length;
                else
                    Thread.Yield();
            }
        });
        int received = 0;
        bool good = true;
        while (received < Total)
        {
            int count = ring.Peek(out var first, out var second);
            foreach (byte value in first.Span)
                good &= value == received++ % 251;
            foreach (byte value in second.Span)
                good &= value == received++ % 251;
            ring.Release(count);
            if (count == 0)
                Thread.Yield();
        }

        await producing;
        good.ShouldBeTrue();
    }

    void IJournalObserver.Grown(RecordingWork work)
    {
    }

    void IJournalObserver.Completed(RecordingWork work) => _completed++;

    void IJournalObserver.Refused(RecordingWork work, Exception exception) => _refused++;

    void IJournalObserver.Dropped(RecordingWork work, long packets) => _dropped += packets;

    private void Write(RecordingSink sink, int count)
    {
        for (int i = 0; i < count; i++)
        {
            _ = RtpPacket.TryParse(_datagram, out RtpPacket packet);
            sink.Write(packet, _now);
        }
    }
}
