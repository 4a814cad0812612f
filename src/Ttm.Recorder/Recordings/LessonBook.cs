using System.Text.Json;
using Ttm.Recorder.Journal;

namespace Ttm.Recorder.Recordings;

/// <summary>A recording whose MP3 is whole, with what the API does not show. Lies beside the MP3 in the spool.</summary>
/// <param name="Key">Under which the object store keeps it; a wish, as long as it is not decided.</param>
/// <param name="Samples">The MP3's length without the encoder's padding.</param>
/// <param name="OpenedAt">The switch that began it, to the microsecond: equal to <paramref name="ClosedAt"/> of the recording before, where one ran.</param>
/// <param name="ClosedAt">The switch that ended it.</param>
/// <param name="IsKeyDecided">False: nothing of it has been stored, and the key may be another recording's.</param>
internal sealed record FinishedRecording(Recording Recording, string Key, long Samples, DateTimeOffset OpenedAt, DateTimeOffset ClosedAt, bool IsKeyDecided = false);

/// <summary>A stored recording in its lesson's book.</summary>
/// <param name="Offset">Of its first sample from the first sample of the lesson's first recording.</param>
internal sealed record BookEntry(long Offset, long Samples, string Key, DateTimeOffset OpenedAt, DateTimeOffset ClosedAt, Recording Recording)
{
    public FinishedRecording ToFinished() => new(Recording, Key, Samples, OpenedAt, ClosedAt, IsKeyDecided: true);
}

/// <summary>What is left of a deleted recording: its place in the lesson, and who took it out and why.</summary>
/// <param name="Pending">Keys of objects that hold its sound and may still be in the store.</param>
internal sealed record Tombstone(
    string Id,
    int Sequence,
    long Offset,
    long Samples,
    DateTimeOffset OpenedAt,
    DateTimeOffset ClosedAt,
    DateTimeOffset StartedAt,
    int SampleRate,
    DateTimeOffset DeletedAt,
    string DeletedBy,
    string Reason,
    string Manifest,
    IReadOnlyList<string> Pending);

/// <summary>A message that was typed in a lesson.</summary>
/// <param name="Offset">When, in samples from the first sample of the lesson's first recording; negative before it.</param>
internal sealed record BookMessage(long Offset, string Id, string From, string Text, DateTimeOffset At);

/// <summary>The whole lesson as one MP3.</summary>
/// <param name="Offset">Of its first sample, as with recordings.</param>
/// <param name="Recordings">The ids of those it was made of.</param>
internal sealed record WholeLesson(string Key, string Location, long Offset, long Samples, long Bytes, string Sha256, IReadOnlyList<string> Recordings);

/// <summary>A lesson from its beginning to its end; an id may be used again, for another one.</summary>
internal sealed record Sitting(DateTimeOffset StartedAt, DateTimeOffset EndedAt, IReadOnlyList<BookMessage> Messages, WholeLesson? Whole)
{
    public bool Covers(DateTimeOffset startedAt) => startedAt >= StartedAt && startedAt <= EndedAt;

    /// <summary>Whether both mean one lesson: its times may have been rounded to the millisecond in between.</summary>
    public bool IsSame(Sitting other) => (StartedAt - other.StartedAt).Duration() < TimeSpan.FromMilliseconds(1);
}

/// <summary>The stored recordings of a lesson, in order: the content of <c>manifest.json</c>.</summary>
internal sealed record LessonBook(string Lesson, IReadOnlyList<BookEntry> Recordings, IReadOnlyList<Sitting>? Sittings = null, IReadOnlyList<Tombstone>? Deleted = null)
{
    /// <summary>Throws <see cref="JsonException"/> where it is none.</summary>
    public static LessonBook Parse(ReadOnlySpan<byte> json)
    {
        LessonBook? book = JsonSerializer.Deserialize(json, RecorderJson.Default.LessonBook);
        bool isSound = book is { Recordings: not null } && JournalHeading.IsName(book.Lesson)
            && book.Recordings.All(entry => entry is { Key: not null, Recording: { Id: not null, Student: not null, Format: not null } } && entry.Recording.Lesson == book.Lesson)
            && (book.Deleted ?? []).All(stone => stone is { Id: not null, Manifest: not null, Pending: not null })
            && (book.Sittings ?? []).All(sitting => sitting is { Messages: not null, Whole: null or { Key: not null, Recordings: not null } } && sitting.Messages.All(message => message is not null));
        return isSound ? book! : throw new JsonException("It is not the book of a lesson.");
    }

    /// <summary>Lays everything out on one clock: a recording that began at the switch at which another ended follows it to the sample.</summary>
    public static LessonBook Of(string lesson, IEnumerable<FinishedRecording> recordings, IEnumerable<Sitting>? sittings = null, IEnumerable<Tombstone>? deleted = null)
    {
        List<BookEntry> entries = [];
        List<Tombstone> stones = [];
        Slot? first = null;
        Slot? previous = null;
        var slots = recordings.Select(recording => (recording.Recording.Sequence, Recording: (FinishedRecording?)recording, Stone: (Tombstone?)null))
            .Concat((deleted ?? []).Select(stone => (stone.Sequence, Recording: (FinishedRecording?)null, Stone: (Tombstone?)stone)));
        foreach (var (_, recording, stone) in slots.OrderBy(slot => slot.Sequence))
        {
            Slot slot = recording is not null
                ? new Slot(0, recording.Samples, recording.OpenedAt, recording.ClosedAt, recording.Recording.Format.SampleRate)
                : new Slot(0, stone!.Samples, stone.OpenedAt, stone.ClosedAt, stone.SampleRate);
            slot = slot with { Offset = previous is null ? 0 : OffsetAfter(first!, previous, slot) };
            if (recording is not null)
                entries.Add(new BookEntry(slot.Offset, recording.Samples, recording.Key, recording.OpenedAt, recording.ClosedAt, recording.Recording));
            else
                stones.Add(stone! with { Offset = slot.Offset });
            first ??= slot;
            previous = slot;
        }

        Sitting[] seen = [.. (sittings ?? []).OrderBy(sitting => sitting.StartedAt).Select(sitting => Place(sitting, first))];
        return new LessonBook(lesson, entries, seen, stones);
    }

    private static Sitting Place(Sitting sitting, Slot? first) => first is null
        ? sitting
        : sitting with { Messages = [.. sitting.Messages.Select(message => message with { Offset = SamplesBetween(first.OpenedAt, message.At, first.SampleRate) })] };

    private static long OffsetAfter(Slot first, Slot previous, Slot next)
    {
        long end = previous.Offset + previous.Samples;
        return next.OpenedAt == previous.ClosedAt ? end : Math.Max(end, SamplesBetween(first.OpenedAt, next.OpenedAt, next.SampleRate));
    }

    private static long SamplesBetween(DateTimeOffset from, DateTimeOffset to, int sampleRate) => (long)Math.Round((to - from).TotalSeconds * sampleRate);

    private sealed record Slot(long Offset, long Samples, DateTimeOffset OpenedAt, DateTimeOffset ClosedAt, int SampleRate);
}
