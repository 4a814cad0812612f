using Microsoft.Win32.SafeHandles;
using Ttm.Recorder.Storage;
using Ttm.Rtc;

namespace Ttm.Recorder.Journal;

/// <summary>
/// Writes one recording's journal file from its sink. <see cref="Commit"/> is the journal writer's, <see cref="Sync"/> the journal syncer's; what is
/// committed may be read by anyone at any time. Every write names its offset, so that one that failed half-way is simply done again.
/// </summary>
/// <param name="flush">Brings a file to the disk itself; null for what the system has for it.</param>
internal sealed class JournalAppender(
    RecordingSink sink, JournalHeading heading, string path, Func<Instant, DateTimeOffset> wallTime, Action<SafeFileHandle>? flush = null) : IDisposable
{
    private static readonly TimeSpan TickInterval = TimeSpan.FromMilliseconds(250);

    private SafeFileHandle? _file;
    private Instant _lastRecord;
    private long _syncedBytes;
    private long _committedBytes;
    private long _committedUntil;
    private volatile bool _complete;

    public string Path { get; } = path;

    /// <summary>All bytes before this one are whole records in the file: they survive this process, and once synced also a power cut.</summary>
    public long CommittedBytes => Volatile.Read(ref _committedBytes);

    /// <summary>Everything that came before this time is in the file.</summary>
    public Instant CommittedUntil => new(Volatile.Read(ref _committedUntil));

    /// <summary>The Close mark is in the file: the journal is whole.</summary>
    public bool IsComplete => _complete;

    /// <summary>Brings what the sink holds into the file. Throws <see cref="IOException"/> where the disk refuses; the next call tries again.</summary>
    public void Commit(Instant now)
    {
        bool closed = sink.IsClosed;
        if (!sink.IsOpened || IsComplete)
            return;

        if (_file is null)
            Create();
        if (sink.Ring.Peek(out var first, out var second) is int count and > 0)
        {
            RandomAccess.Write(_file!, first.Span, CommittedBytes);
            if (!second.IsEmpty)
                RandomAccess.Write(_file!, second.Span, CommittedBytes + first.Length);
            Volatile.Write(ref _committedBytes, CommittedBytes + count);
            sink.Ring.Release(count);
            _lastRecord = now;
        }
        else if (!closed && now - _lastRecord >= TickInterval)
        {
            Append(JournalMark.Tick(), sink.MillisecondsAt(now));
            _lastRecord = now;
        }

        if (closed)
        {
            Append(JournalMark.At(JournalMarkKind.Close, sink.End, wallTime(sink.End.At)), sink.MillisecondsAt(sink.End.At));
            _complete = true;
        }

        Volatile.Write(ref _committedUntil, closed ? sink.End.At.Ticks : now.Ticks);
    }

    /// <summary>When <see cref="Sync"/> was last called.</summary>
    public Instant SyncedAt { get; private set; }

    /// <summary>Brings what is written from the system's memory to the disk itself, so that it survives a power cut. Throws <see cref="IOException"/>.</summary>
    public void Sync(Instant now)
    {
        SyncedAt = now;
        long bytes = CommittedBytes;
        if (bytes == _syncedBytes)
            return;
        (flush ?? RandomAccess.FlushToDisk)(_file!);
        if (_syncedBytes == 0)
            DurableDirectory.Sync(System.IO.Path.GetDirectoryName(Path)!);
        _syncedBytes = bytes;
    }

    public void Dispose() => _file?.Dispose();

    private void Create()
    {
        _file = SpoolFile.Create(Path);
        DateTimeOffset startedAt = wallTime(sink.Start.At);
        byte[] headingMark = JournalMark.Heading(heading with { StartedAt = startedAt });
        byte[] openMark = JournalMark.At(JournalMarkKind.Open, sink.Start, startedAt);
        byte[] preamble = new byte[RtpDump.PreambleLength + (2 * RtpDump.RecordHeaderLength) + headingMark.Length + openMark.Length];
        int length = RtpDump.WritePreamble(preamble, startedAt);
        length += WriteRecord(preamble.AsSpan(length), headingMark, 0);
        length += WriteRecord(preamble.AsSpan(length), openMark, 0);
        try
        {
            RandomAccess.Write(_file, preamble, 0);
        }
        catch (IOException)
        {
            _file.Dispose();
            _file = null;
            throw;
        }

        Volatile.Write(ref _committedBytes, length);
        _lastRecord = sink.Start.At;
    }

    private void Append(ReadOnlySpan<byte> mark, uint milliseconds)
    {
        Span<byte> record = stackalloc byte[128];
        int length = WriteRecord(record, mark, milliseconds);
        RandomAccess.Write(_file!, record[..length], CommittedBytes);
        Volatile.Write(ref _committedBytes, CommittedBytes + length);
    }

    private static int WriteRecord(Span<byte> destination, ReadOnlySpan<byte> packet, uint milliseconds)
    {
        RtpDump.WriteRecordHeader(destination, packet.Length, rtcp: true, milliseconds);
        packet.CopyTo(destination[RtpDump.RecordHeaderLength..]);
        return RtpDump.RecordHeaderLength + packet.Length;
    }
}
