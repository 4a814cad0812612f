namespace Ttm.Recorder.Recordings;

/// <summary>What happened to a recording; the server makes SSE and webhooks of it.</summary>
/// <param name="Type">One of <see cref="RecordingEventTypes"/>.</param>
/// <param name="Recording">As it is after the event.</param>
/// <param name="Reason">Why, in a sentence; of <see cref="RecordingEventTypes.Failed"/> alone.</param>
public sealed record RecordingEvent(string Type, DateTimeOffset Timestamp, Recording Recording, string? Reason);

public static class RecordingEventTypes
{
    public const string Started = "recording.started";

    /// <summary>The MP3 is whole.</summary>
    public const string Finished = "recording.finished";

    /// <summary>The object store has it.</summary>
    public const string Stored = "recording.stored";

    /// <summary>All of it could not be kept, which its status says; or a part of it, and it is still recorded and stored, with a hole.</summary>
    public const string Failed = "recording.failed";
}
