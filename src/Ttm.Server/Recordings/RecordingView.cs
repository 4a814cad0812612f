namespace Ttm.Server.Recordings;

/// <summary>A recording as the API shows it.</summary>
internal sealed record RecordingView(
    string Id,
    string Lesson,
    string? Teacher,
    string Student,
    int Sequence,
    RecordingState Status,
    DateTimeOffset StartedAt,
    DateTimeOffset? EndedAt,
    double Duration,
    RecordingFormatView Format,
    long? Bytes,
    string? Sha256,
    string? Location,
    RecordingQualityView Quality);

internal enum RecordingState
{
    Recording,
    Encoding,
    Uploading,
    Stored,
    Failed,
}

internal sealed record RecordingFormatView(string Codec, int SampleRate, int Channels, int Bitrate);

internal sealed record RecordingQualityView(long PacketsExpected, long PacketsLost, long PacketsRecovered, double Concealed);
