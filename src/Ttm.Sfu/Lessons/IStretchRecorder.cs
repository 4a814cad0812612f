using Ttm.Net;
using Ttm.Rtc.Rtp;

namespace Ttm.Sfu.Lessons;

/// <summary>What a recording is asked for: what the teacher says to one student from now to the next switch.</summary>
/// <param name="Clock">The lesson's, by which the recording is dated too.</param>
public sealed record Stretch(string Lesson, string? Teacher, string Student, DateTimeOffset StartedAt, IReadOnlyDictionary<string, string> Metadata, WallClock? Clock = null);

/// <param name="Recording">The recording's id, as in the API.</param>
/// <param name="Sink">Receives the packets; its Close ends the recording.</param>
/// <param name="Announce">Called once, when the switch is made and <c>listener.changed</c> is told: <c>recording.started</c> follows it.</param>
public sealed record StretchRecording(string Recording, IRtpSink Sink, Action Announce);

/// <summary>Where the lessons and the recorder meet; the server introduces them.</summary>
public interface IStretchRecorder
{
    /// <summary>Called from control code at each switch to a student; returns fast (no disk). Null where nothing is to be recorded.</summary>
    StretchRecording? Start(Stretch stretch);
}
