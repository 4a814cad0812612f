namespace Ttm.Load.Api;

/// <summary>The answer to PUT listener.</summary>
internal sealed record ListenerAnswer(string Student, string? Recording, DateTimeOffset SwitchedAt);

/// <summary>What of a recording matters here.</summary>
internal sealed record RecordingAnswer(string Id, string Student, string Status, DateTimeOffset StartedAt, DateTimeOffset? EndedAt, double? Duration, RecordingQuality? Quality)
{
    /// <summary>Its MP3 is whole.</summary>
    public bool IsWhole => Status is "uploading" or "stored";

    public bool IsUnderWay => Status is "recording" or "encoding";
}

internal sealed record RecordingQuality(long PacketsExpected, long PacketsLost);

/// <summary>The server said no; the message says what it said.</summary>
internal sealed class ServerRefusedException(string message) : Exception(message);
