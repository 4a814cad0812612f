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

    public void EnterWhole(DateTimeOffset startedAt, WholeLesson whole)
    {
        if (Deleted.Values.FirstOrDefault(stone => whole.Recordings.Contains(stone.Id)) is not { } deleted)
            Sittings[startedAt] = Sittings[startedAt] with { Whole = whole };
        else if (!deleted.Pending.Contains(whole.Key))
            Deleted[deleted.Sequence] = deleted with { Pending = [.. deleted.Pending, whole.Key] };
    }

    /// <summary>
    /// The whole lesson holds the sound too: it goes, and is made again. One that no book knows yet may be on its way to the store, or may have been when a
    /// crash came; it is under the key that it will have.
    /// </summary>
    public void Delete(string lesson, Tombstone stone)
    {
        if (Deleted.Values.Any(present => present.Id == stone.Id))
            return;
        LessonBook book = ToBook(lesson);
        List<string> pending = [.. stone.Pending];
        foreach (Sitting sitting in book.Sittings!.Where(sitting => sitting.Covers(stone.StartedAt)))
        {
            if ((sitting.Whole?.Key ?? WholeLessonMaker.KeyFor(book, sitting)) is { } whole)
                pending.Add(whole);
            Sittings[sitting.StartedAt] = sitting with { Whole = null };
        }

        if (Recordings.GetValueOrDefault(stone.Sequence)?.Recording.Id == stone.Id)
            Recordings.Remove(stone.Sequence);
        Deleted[stone.Sequence] = stone with { Pending = pending };
    }

    /// <param name="stone">With the keys that are gone.</param>
    public void MarkGone(Tombstone stone)
    {
        Tombstone present = Deleted[stone.Sequence];
        Deleted[stone.Sequence] = present with { Pending = [.. present.Pending.Except(stone.Pending)] };
    }
}
