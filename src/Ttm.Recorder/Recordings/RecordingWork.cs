using Ttm.Recorder.Journal;
using Ttm.Recorder.Transcoding;
using Ttm.Rtc;

namespace Ttm.Recorder.Recordings;

/// <summary>A recording between its first packet and its whole MP3. The journal writer, one worker at a time, and the service have it in common.</summary>
internal sealed class RecordingWork(string id, RecordingSink? sink, JournalAppender? appender)
{
    public string Id { get; } = id;

    /// <summary>Null for one that was found in the spool.</summary>
    public RecordingSink? Sink { get; } = sink;

    /// <summary>Null for one that was found in the spool.</summary>
    public JournalAppender? Appender { get; } = appender;

    /// <summary>Of the journal writer: when the workers were last told.</summary>
    public Instant ToldAt { get; set; }

    /// <summary>Of the journal writer: lost packets that were reported.</summary>
    public long ReportedDrops { get; set; }

    /// <summary>Of the journal writer: that the disk refused it has been told.</summary>
    public bool IsRefused { get; set; }

    /// <summary>Of the journal writer: that packets are missing has been told.</summary>
    public bool IsDropReported { get; set; }

    /// <summary>Of the worker that has it: its MP3 is whole, or is not tried any more.</summary>
    public bool IsDone { get; set; }

    /// <summary>Of the worker that has it.</summary>
    public Transcoder? Transcoder { get; set; }

    /// <summary>Of the worker that has it: how often it went wrong.</summary>
    public int Failures { get; set; }

    /// <summary>Whose turn it is; guarded by the pool.</summary>
    public WorkTurn Turn { get; set; }

    /// <summary>Until when, on the loop's clock, it is encoded; null where that says nothing.</summary>
    public Instant? EncodedUntil { get; set; }
}

internal enum WorkTurn
{
    Idle,
    Queued,
    Running,

    /// <summary>Something came while it ran: once more.</summary>
    RunningAgain,
}
