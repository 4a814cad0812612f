using Ttm.Recorder.Recordings;

namespace Ttm.Recorder.Journal;

/// <summary>What a journal says of itself, so that it is enough to make the recording again.</summary>
/// <param name="Id">The recording's id.</param>
/// <param name="SampleRate">Of the MP3, Hz.</param>
/// <param name="Bitrate">Of the MP3, bit/s.</param>
internal sealed record JournalHeading(
    string Id,
    string Lesson,
    string? Teacher,
    string Student,
    int Sequence,
    DateTimeOffset StartedAt,
    string? Title,
    int SampleRate,
    int Bitrate)
{
    public static readonly JournalHeading None = new("", "", null, "", 0, default, null, 0, 0);

    /// <summary>False for what a damaged disk may have made of one: names become file names, rates go into native code.</summary>
    public bool IsSound =>
        IsName(Id) && IsName(Lesson) && IsName(Student) && (Teacher is null || IsName(Teacher)) && Sequence > 0
        && !new RecordingOptions { SampleRate = SampleRate, Bitrate = Bitrate }.Problems().Any();

    /// <summary>Whether it can be a part of a file's name.</summary>
    public static bool IsName(string? name) =>
        name is { Length: > 0 and <= 128 } and not ("." or "..") && !name.Any(character => character is '/' or '\\' || char.IsControl(character));
}
