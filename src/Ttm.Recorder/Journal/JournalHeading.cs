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
}
