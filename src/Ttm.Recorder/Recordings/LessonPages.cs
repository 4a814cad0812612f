namespace Ttm.Recorder.Recordings;

/// <summary>What the book keeper knows of one lesson. Not for two threads at once.</summary>
internal sealed class LessonPages
{
    public SortedList<int, FinishedRecording> Recordings { get; private init; } = [];

    public SortedList<int, Tombstone> Deleted { get; private init; } = [];

    public SortedList<DateTimeOffset, Sitting> Sittings { get; private init; } = [];

    public LessonPages Copy() => new() { Recordings = new(Recordings), Deleted = new(Deleted), Sittings = new(Sittings) };

    public LessonBook ToBook(string lesson) => LessonBook.Of(lesson, Recordings.Values, Sittings.Values, Deleted.Values);

    /// <summary>Takes over a book, or the part of it that one manifest holds.</summary>
    public void Add(LessonBook book)
    {
        foreach (BookEntry entry in book.Recordings)
            Recordings[entry.Recording.Sequence] = entry.ToFinished();
        foreach (Tombstone stone in book.Deleted ?? [])
            Deleted[stone.Sequence] = stone;
        foreach (Sitting sitting in book.Sittings ?? [])
            Sittings[sitting.StartedAt] = sitting;
    }

    public void Enter(Sitting sitting) =>
        Sittings[sitting.StartedAt] = sitting with { Whole = sitting.Whole ?? Sittings.GetValueOrDefault(sitting.StartedAt)?.Whole };

    /// <summary>The whole lesson holds the sound too: it goes, and is made again.</summary>
    public void Delete(Tombstone stone)
    {
        if (Deleted.Values.Any(present => present.Id == stone.Id))
            return;
        List<string> pending = [.. stone.Pending];
        foreach (Sitting sitting in Sittings.Values.ToList())
        {
            if (sitting.Whole is not { } whole || !sitting.Covers(stone.StartedAt))
                continue;
            pending.Add(whole.Key);
            Sittings[sitting.StartedAt] = sitting with { Whole = null };
        }

        if (Recordings.GetValueOrDefault(stone.Sequence)?.Recording.Id == stone.Id)
            Recordings.Remove(stone.Sequence);
        Deleted[stone.Sequence] = stone with { Pending = pending };
    }
}
