namespace Ttm.Recorder.Recordings;

/// <summary>A recording whose MP3 is whole, with what the API does not show. Lies beside the MP3 in the spool.</summary>
/// <param name="Key">Under which the object store keeps it.</param>
/// <param name="Samples">The MP3's length without the encoder's padding.</param>
/// <param name="OpenedAt">The switch that began it, to the microsecond: equal to <paramref name="ClosedAt"/> of the recording before, where one ran.</param>
/// <param name="ClosedAt">The switch that ended it.</param>
internal sealed record FinishedRecording(Recording Recording, string Key, long Samples, DateTimeOffset OpenedAt, DateTimeOffset ClosedAt);

/// <summary>A stored recording in its lesson's book.</summary>
/// <param name="Offset">Of its first sample from the first sample of the lesson's first recording.</param>
internal sealed record BookEntry(long Offset, long Samples, string Key, DateTimeOffset OpenedAt, DateTimeOffset ClosedAt, Recording Recording)
{
    public FinishedRecording ToFinished() => new(Recording, Key, Samples, OpenedAt, ClosedAt);
}

/// <summary>The stored recordings of a lesson, in order: the content of <c>manifest.json</c>.</summary>
internal sealed record LessonBook(string Lesson, IReadOnlyList<BookEntry> Recordings)
{
    /// <summary>Lays the recordings out on one clock: one that began at the switch at which another ended follows it to the sample.</summary>
    public static LessonBook Of(string lesson, IEnumerable<FinishedRecording> recordings)
    {
        List<BookEntry> entries = [];
        foreach (FinishedRecording next in recordings.OrderBy(recording => recording.Recording.Sequence))
        {
            long offset = entries.Count == 0 ? 0 : OffsetAfter(entries[0], entries[^1], next);
            entries.Add(new BookEntry(offset, next.Samples, next.Key, next.OpenedAt, next.ClosedAt, next.Recording));
        }

        return new LessonBook(lesson, entries);
    }

    private static long OffsetAfter(BookEntry first, BookEntry previous, FinishedRecording next)
    {
        long end = previous.Offset + previous.Samples;
        if (next.OpenedAt == previous.ClosedAt)
            return end;
        double seconds = (next.OpenedAt - first.OpenedAt).TotalSeconds;
        return Math.Max(end, (long)Math.Round(seconds * next.Recording.Format.SampleRate));
    }
}
