using System.Text.Json.Serialization;

namespace Ttm.Recorder.Recordings;

/// <summary>A recording as the API shows it: what the teacher said to one student between two switches. Immutable; changes make a new one.</summary>
/// <param name="Sequence">Counts the lesson's recordings from 1, across restarts.</param>
/// <param name="EndedAt">Null while it is being recorded.</param>
/// <param name="Duration">Seconds; exact once encoded, null while it is being recorded.</param>
/// <param name="Bytes">Of the MP3; null until it is whole.</param>
/// <param name="Sha256">Of the MP3, hexadecimal; null until it is whole.</param>
/// <param name="Location"><c>s3://bucket/key</c> or a <c>file://</c> URL; null until it is stored.</param>
/// <param name="Quality">Null until it is encoded.</param>
public sealed record Recording(
    string Id,
    string Lesson,
    string? Teacher,
    string Student,
    int Sequence,
    RecordingStatus Status,
    DateTimeOffset StartedAt,
    DateTimeOffset? EndedAt,
    double? Duration,
    RecordingFormat Format,
    long? Bytes,
    string? Sha256,
    string? Location,
    RecordingQuality? Quality);

[JsonConverter(typeof(JsonStringEnumConverter<RecordingStatus>))]
public enum RecordingStatus
{
    /// <summary>The student listens.</summary>
    [JsonStringEnumMemberName("recording")]
    Recording,

    /// <summary>The journal is whole, the MP3 is not.</summary>
    [JsonStringEnumMemberName("encoding")]
    Encoding,

    /// <summary>The MP3 is whole and waits in the spool.</summary>
    [JsonStringEnumMemberName("uploading")]
    Uploading,

    /// <summary>The object store has it, verified.</summary>
    [JsonStringEnumMemberName("stored")]
    Stored,

    /// <summary>It could not be made; its journal stays in the spool.</summary>
    [JsonStringEnumMemberName("failed")]
    Failed,
}

/// <param name="SampleRate">Hz.</param>
/// <param name="Bitrate">bit/s.</param>
public sealed record RecordingFormat(string Codec, int SampleRate, int Channels, int Bitrate);

/// <param name="PacketsExpected">Received and lost ones.</param>
/// <param name="PacketsLost">Never came, or came too late to be used.</param>
/// <param name="PacketsRecovered">Lost ones whose sound came from in-band FEC.</param>
/// <param name="Concealed">Lost or corrupt ones whose sound the decoder guessed.</param>
public sealed record RecordingQuality(long PacketsExpected, long PacketsLost, long PacketsRecovered, long Concealed);
