namespace Ttm.Server.Events;

/// <summary>Event types beyond those of the lessons themselves.</summary>
internal static class EventTypes
{
    public const string RecordingStarted = "recording.started";
    public const string RecordingFinished = "recording.finished";
    public const string RecordingStored = "recording.stored";
    public const string RecordingFailed = "recording.failed";
    public const string MessagePosted = "message.posted";
}
