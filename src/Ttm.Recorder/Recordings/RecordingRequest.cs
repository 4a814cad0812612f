using Ttm.Rtc;
using Ttm.Rtc.Rtp;

namespace Ttm.Recorder.Recordings;

/// <param name="Teacher">Null where none has connected yet.</param>
/// <param name="StartedAt">Wall time of the call. The recording starts where its sink is opened, a moment later.</param>
/// <param name="Title">What players show; made of lesson and student where null.</param>
/// <param name="ToWallTime">The lesson's own wall time of the loop's instants; the recorder's where null.</param>
public sealed record RecordingRequest(string Lesson, string? Teacher, string Student, DateTimeOffset StartedAt, string? Title = null, Func<Instant, DateTimeOffset>? ToWallTime = null);

/// <param name="Id">The recording's id, as in the API.</param>
/// <param name="Sink">Takes the packets; its Close ends the recording.</param>
/// <param name="Announce">To be called once, when the sink is open: from then on the recording starts where the sink was opened, and <c>recording.started</c> is told.</param>
public sealed record RecordingHandle(string Id, IRtpSink Sink, Action Announce);

/// <summary>Something typed in a lesson, for its manifest.</summary>
/// <param name="From">Who typed it.</param>
/// <param name="At">Wall time.</param>
public sealed record LessonMessage(string Id, string From, string Text, DateTimeOffset At);

/// <summary>What became of a wish to delete a recording.</summary>
public enum DeletionOutcome
{
    /// <summary>There is no such recording.</summary>
    Unknown,

    /// <summary>It has no MP3 yet: it can be deleted once that is whole.</summary>
    NotYet,

    /// <summary>It is in no list any more and never comes back; its objects go as soon as the store can be reached.</summary>
    Pending,

    /// <summary>Its sound is gone.</summary>
    Deleted,
}

/// <summary>The clocks that the recorder shares with the media loop.</summary>
/// <param name="Now">The loop's clock; may be called from any thread.</param>
/// <param name="ToWallTime">The wall time of one of its instants, always the same for the same instant.</param>
public sealed record RecorderClock(TimeProvider Time, Func<Instant> Now, Func<Instant, DateTimeOffset> ToWallTime);

/// <summary>How the recorder is.</summary>
/// <param name="DiskProblem">Why no new lesson should begin, in a sentence; null where there is room.</param>
/// <param name="StoreProblem">Why recordings wait in the spool, in a sentence; null where the store takes them.</param>
public sealed record RecorderHealth(string? DiskProblem, string? StoreProblem, long FreeBytes, long SpoolBytes);

/// <param name="Waiting">MP3s on their way to the object store.</param>
/// <param name="OldestAge">How long the oldest of them has waited.</param>
public readonly record struct UploadQueue(int Waiting, TimeSpan OldestAge);
