using Ttm.Recorder.Journal;
using Ttm.Recorder.Lame;
using Ttm.Recorder.Opus;
using Ttm.Rtc;
using Ttm.Rtc.Rtp;

namespace Ttm.Recorder.Transcoding;

internal enum TranscodeStep
{
    /// <summary>The journal has to grow first.</summary>
    Waiting,

    /// <summary>There is more to do at once.</summary>
    More,

    /// <summary>The whole recording is encoded: call <see cref="Transcoder.Finish"/>.</summary>
    Complete,

    /// <summary>The journal is over and holds no heading: there is nothing to make a recording of.</summary>
    Nothing,
}

/// <summary>
/// One journal's way to an MP3, about a second of it per <see cref="Step"/>, while it is still being written or long after. Memory does not grow
/// with the journal.
/// </summary>
internal sealed class Transcoder : IDisposable
{
    private readonly JournalReader _journal;
    private readonly string _partPath;
    private readonly Func<JournalHeading, IAudioDecoder> _createDecoder;
    private readonly Func<JournalHeading, IAudioEncoder> _createEncoder;
    private IAudioDecoder? _decoder;
    private Mp3Part? _part;
    private Assembler? _assembler;
    private StreamPosition _open;
    private long _lastRecord;
    private bool _ended;

    /// <param name="partPath">The unfinished MP3; replaced where there is one.</param>
    public Transcoder(
        string journalPath,
        string partPath,
        Func<JournalHeading, IAudioDecoder>? createDecoder = null,
        Func<JournalHeading, IAudioEncoder>? createEncoder = null)
    {
        _journal = new JournalReader(journalPath);
        _partPath = partPath;
        _createDecoder = createDecoder ?? (heading => new OpusDecoder(heading.SampleRate));
        _createEncoder = createEncoder ?? (heading => new LameEncoder(heading.SampleRate, heading.Bitrate));
    }

    public JournalHeading? Heading { get; private set; }

    /// <summary>Where the sink was opened, on the loop's clock and on the wall's.</summary>
    public Instant OpenedAt => _open.At;

    public DateTimeOffset OpenedAtWall { get; private set; }

    /// <summary>Where it was closed, on the wall's clock; after <see cref="TranscodeStep.Complete"/>.</summary>
    public DateTimeOffset ClosedAtWall { get; private set; }

    public AudioQuality Quality => _assembler?.Quality ?? new AudioQuality();

    /// <summary>How much of the recording is encoded.</summary>
    public TimeSpan Encoded => _assembler is null ? TimeSpan.Zero : TimeSpan.FromTicks(_assembler.Cursor * TimeSpan.TicksPerSecond / Heading!.SampleRate);

    /// <param name="committedBytes">How much of the journal may be read.</param>
    /// <param name="committedUntil">What came before is in the journal; null for a journal to which nothing is added any more.</param>
    public TranscodeStep Step(long committedBytes, Instant? committedUntil)
    {
        if (_assembler is null && !TryStart(committedBytes))
            return committedUntil is null ? TranscodeStep.Nothing : TranscodeStep.Waiting;

        Assembler assembler = _assembler!;
        long before = assembler.Cursor;
        long target = Math.Max(before + Heading!.SampleRate, assembler.PastNext);
        long horizon = Read(assembler, committedBytes, committedUntil, target);
        assembler.Advance(target, horizon);
        if (_ended && assembler.Cursor >= assembler.End)
            return TranscodeStep.Complete;
        return _ended || assembler.Cursor > before || assembler.PastNext > target ? TranscodeStep.More : TranscodeStep.Waiting;
    }

    /// <summary>After <see cref="TranscodeStep.Complete"/>: tags, disk, name.</summary>
    public FinishedMp3 Finish(string path) => _part!.Finish(path);

    public void Dispose()
    {
        _part?.Dispose();
        _decoder?.Dispose();
        _journal.Dispose();
    }

    private bool TryStart(long committedBytes)
    {
        while (Heading is null || !IsOpened())
        {
            if (!_journal.TryPeek(committedBytes, out JournalRecord record))
                return false;
            if (record.IsRtcp && JournalMark.TryParse(record.Packet, out JournalMark mark))
                TakeFirst(mark);
            _journal.Advance();
        }

        Id3v2Tag tag = new(Heading.Title ?? $"{Heading.Lesson} – {Heading.Student}", Heading.Teacher, Heading.Student, Heading.Lesson, Heading.Sequence, Heading.StartedAt);
        _decoder = _createDecoder(Heading);
        _part = new Mp3Part(_partPath, _createEncoder(Heading), tag.ToBytes());
        _assembler = new Assembler(_decoder, _part);
        _assembler.Open(_open);
        return true;
    }

    private bool IsOpened() => OpenedAtWall != default;

    private void TakeFirst(in JournalMark mark)
    {
        if (mark.Kind == JournalMarkKind.Heading && mark.TryReadHeading(out JournalHeading heading))
            Heading = heading;
        if (mark.Kind == JournalMarkKind.Open)
        {
            _open = mark.Position;
            OpenedAtWall = mark.WallTime;
        }
    }

    /// <summary>
    /// Takes records as far as they may matter before <paramref name="target"/>, and no farther, so that a long journal fits into a small window.
    /// Returns the time before which everything is taken.
    /// </summary>
    private long Read(Assembler assembler, long committedBytes, Instant? committedUntil, long target)
    {
        while (!_ended)
        {
            if (!_journal.TryPeek(committedBytes, out JournalRecord record))
            {
                if (committedUntil is { } until)
                    return Math.Max(_lastRecord, SamplesAt(until));

                // Cut off: it ends with the last thing that is known.
                End(assembler, default, _lastRecord, OpenedAtWall + TimeSpan.FromSeconds((double)_lastRecord / Heading!.SampleRate));
                break;
            }

            long at = (long)record.Milliseconds * Heading!.SampleRate / 1000;
            if (at - assembler.Lateness > target)
                return at;
            _lastRecord = Math.Max(_lastRecord, at);
            if (!record.IsRtcp)
                assembler.Accept(record.Packet, at);
            else if (JournalMark.TryParse(record.Packet, out JournalMark mark) && mark.Kind == JournalMarkKind.Close)
                End(assembler, mark.Position, SamplesAt(mark.Position.At), mark.WallTime);
            _journal.Advance();
        }

        return long.MaxValue;
    }

    private void End(Assembler assembler, in StreamPosition close, long at, DateTimeOffset wallTime)
    {
        ClosedAtWall = wallTime;
        assembler.Close(close, Math.Max(0, at));
        _ended = true;
    }

    private long SamplesAt(Instant instant) =>
        (long)((Int128)(instant - _open.At).Ticks * Heading!.SampleRate / TimeSpan.TicksPerSecond);
}
