namespace Ttm.Recorder.Recordings;

/// <summary>What the book keeper knows of one lesson. Not for two threads at once.</summary>
internal sealed class LessonPages
{
    public SortedList<int, FinishedRecording> Recordings { get; private init; } = [];

    public SortedList<int, Tombstone> Deleted { get; private init; } = [];

    public SortedList<DateTimeOffset, Sitting> Sittings { get; private init; } = [];

    public LessonPages Copy() => new() { Recordings = new(Recordings), Deleted = new(Deleted), Sittings = new(Sittings) };

    public LessonBook ToBook(string lesson) => LessonBook.Of(lesson, Recordings.Values, Sittings.Values, Deleted.Values);

    /// <summary>Takes over a book.</summary>
    public void Add(LessonBook book)
    {
        foreach (BookEntry entry in book.Recordings)
            Recordings[entry.Recording.Sequence] = entry.ToFinished();
        foreach (Tombstone stone in book.Deleted ?? [])
            Deleted[stone.Sequence] = stone;
        foreach (Sitting sitting in book.Sittings ?? [])
            Sittings[sitting.StartedAt] = sitting;
    }

    /// <summary>Whether the manifest has something that is not here.</summary>
    public bool Lacks(LessonBook manifest)
    {
        var deleted = Deleted.Values.Select(stone => stone.Id).ToHashSet(StringComparer.Ordinal);
        var known = Recordings.Values.Select(finished => finished.Recording.Id).Concat(deleted).ToHashSet(StringComparer.Ordinal);
        return manifest.Recordings.Any(entry => !known.Contains(entry.Recording.Id))
            || (manifest.Deleted ?? []).Any(stone => !deleted.Contains(stone.Id))
            || (manifest.Sittings ?? []).Any(sitting => !Sittings.Values.Any(sitting.IsSame));
    }

    /// <summary>
    /// These pages, and what a manifest has beside them. What is deleted in one of them is deleted. Where they gave one number to two recordings, numbers go on in
    /// order of time, each at least one more than the one before: so older ones keep theirs.
    /// </summary>
    /// <param name="moved">Whether a number has changed.</param>
    public LessonPages MergedWith(LessonBook manifest, out bool moved)
    {
        Dictionary<string, Tombstone> stones = new(StringComparer.Ordinal);
        foreach (Tombstone stone in Deleted.Values.Concat(manifest.Deleted ?? []))
            stones.TryAdd(stone.Id, stone);
        Dictionary<string, FinishedRecording> recordings = new(StringComparer.Ordinal);
        foreach (FinishedRecording finished in Recordings.Values.Concat(manifest.Recordings.Select(entry => entry.ToFinished())))
        {
            if (!stones.ContainsKey(finished.Recording.Id))
                recordings.TryAdd(finished.Recording.Id, finished);
        }

        LessonPages merged = new() { Sittings = new(Sittings) };
        foreach (Sitting sitting in (manifest.Sittings ?? []).Where(sitting => !Sittings.Values.Any(sitting.IsSame)))
            merged.Sittings[sitting.StartedAt] = sitting;

        // Ids sort by time.
        (string Id, int Sequence)[] all =
            [.. stones.Select(pair => (pair.Key, pair.Value.Sequence)).Concat(recordings.Select(pair => (pair.Key, pair.Value.Recording.Sequence))).OrderBy(one => one.Key, StringComparer.Ordinal)];
        moved = all.DistinctBy(one => one.Sequence).Count() < all.Length;
        int last = 0;
        foreach ((string id, int sequence) in all)
        {
            last = moved ? Math.Max(sequence, last + 1) : sequence;
            if (recordings.TryGetValue(id, out FinishedRecording? finished))
                merged.Recordings[last] = finished with { Recording = finished.Recording with { Sequence = last } };
            else
                merged.Deleted[last] = stones[id] with { Sequence = last };
        }

        return merged;
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
        if (Deleted.Values.Any(other => other.Id == stone.Id))
            return;

        // Numbers may have changed since the stone was made.
        if (Recordings.Values.FirstOrDefault(finished => finished.Recording.Id == stone.Id) is { } present)
            stone = stone with { Sequence = present.Recording.Sequence };
        else if (Recordings.ContainsKey(stone.Sequence) || Deleted.ContainsKey(stone.Sequence))
            stone = stone with { Sequence = Recordings.Keys.Concat(Deleted.Keys).Max() + 1 };
        LessonBook book = ToBook(lesson);
        List<string> pending = [.. stone.Pending];
        foreach (Sitting sitting in book.Sittings!.Where(sitting => sitting.Covers(stone.StartedAt)))
        {
            if ((sitting.Whole?.Key ?? WholeLessonMaker.KeyFor(book, sitting)) is { } whole)
                pending.Add(whole);
            Sittings[sitting.StartedAt] = sitting with { Whole = null };
        }

        Recordings.Remove(stone.Sequence);
        Deleted[stone.Sequence] = stone with { Pending = pending };
    }

    /// <param name="stone">With the keys that are gone.</param>
    public void MarkGone(Tombstone stone)
    {
        Tombstone present = Deleted.Values.First(one => one.Id == stone.Id);
        Deleted[present.Sequence] = present with { Pending = [.. present.Pending.Except(stone.Pending)] };
    }
}
