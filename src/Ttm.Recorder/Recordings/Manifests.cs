namespace Ttm.Recorder.Recordings;

/// <summary>Where a lesson's book lies in the store: beside its MP3s, so in parts where those lie in several directories (a lesson over midnight).</summary>
internal static class Manifests
{
    public const string Name = "manifest.json";

    /// <summary>The manifest's key: under the lesson's name where lessons may share the recording's directory.</summary>
    public static string KeyOf(FinishedRecording finished) => Beside(finished, Name);

    /// <summary>The key of an object of the lesson that lies beside a recording.</summary>
    public static string Beside(FinishedRecording finished, string name)
    {
        string directory = finished.Key[..(finished.Key.LastIndexOf('/') + 1)];
        return Array.Exists(directory.Split('/'), part => part == finished.Recording.Lesson) ? directory + name : $"{directory}={finished.Recording.Lesson}.{name}";
    }

    public static Tombstone StoneFor(FinishedRecording finished, DateTimeOffset now, string by, string reason) => new(
        finished.Recording.Id,
        finished.Recording.Sequence,
        0,
        finished.Samples,
        finished.OpenedAt,
        finished.ClosedAt,
        finished.Recording.StartedAt,
        finished.Recording.Format.SampleRate,
        now,
        by,
        reason,
        KeyOf(finished),
        finished.IsKeyDecided ? [finished.Key] : []);

    /// <summary>The book in its parts. A lesson's end, messages and whole MP3 are in the part that has its first recording.</summary>
    public static IEnumerable<(string Key, LessonBook Part)> Of(LessonBook book)
    {
        var places = book.Recordings.Select(entry => (entry.Recording.Sequence, entry.Recording.StartedAt, Key: KeyOf(entry.ToFinished())))
            .Concat((book.Deleted ?? []).Select(stone => (stone.Sequence, stone.StartedAt, Key: stone.Manifest)))
            .OrderBy(place => place.Sequence)
            .ToList();
        foreach (string key in places.Select(place => place.Key).Distinct())
        {
            yield return (key, new LessonBook(
                book.Lesson,
                [.. book.Recordings.Where(entry => KeyOf(entry.ToFinished()) == key)],
                [.. (book.Sittings ?? []).Where(sitting => places.FirstOrDefault(place => sitting.Covers(place.StartedAt)).Key == key)],
                [.. (book.Deleted ?? []).Where(stone => stone.Manifest == key)]));
        }
    }
}
