using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using Ttm.Recorder.Lame;
using Ttm.Recorder.Storage;

namespace Ttm.Recorder.Recordings;

/// <summary>Joins a lesson's recordings, as the store has them, to one MP3 and stores it.</summary>
internal sealed class WholeLessonMaker(Spool spool, Uploader uploader, long minFreeBytes, ILogger logger)
{
    // Silence takes as much room as sound: a lesson that was left open for days is no MP3 that anybody wants.
    private static readonly TimeSpan LongestSpan = TimeSpan.FromHours(24);

    private long _planned;

    /// <summary>Without a whole where the one that is there is right, or where there is nothing to join.</summary>
    public async Task<WholeAttempt> MakeAsync(LessonBook book, Sitting sitting, CancellationToken cancellationToken)
    {
        List<BookEntry> entries = EntriesOf(book, sitting);
        string[] ids = [.. entries.Select(entry => entry.Recording.Id)];
        if (entries.Count == 0 || (sitting.Whole is { } present && present.Recordings.SequenceEqual(ids)))
            return new WholeAttempt(null);

        (long start, long end) = SpanOf(book, sitting);
        RecordingFormat format = entries[0].Recording.Format;
        TimeSpan span = TimeSpan.FromSeconds((double)(end - start) / format.SampleRate);
        if (span > LongestSpan)
        {
            Log.TooLongForWhole(logger, book.Lesson, span, LongestSpan);
            return new WholeAttempt(null);
        }

        // Others that are being made count in full.
        long bytes = (long)(span.TotalSeconds * format.Bitrate / 8);
        long planned = Interlocked.Add(ref _planned, bytes);
        try
        {
            if (spool.FreeBytes() - planned < minFreeBytes)
            {
                Log.NoRoomForWhole(logger, book.Lesson, bytes);
                return new WholeAttempt(null, WaitsForRoom: true);
            }

            return new WholeAttempt(await MakeAsync(book, sitting, start, end, cancellationToken).ConfigureAwait(false));
        }
        finally
        {
            Interlocked.Add(ref _planned, -bytes);
        }
    }

    public static List<BookEntry> EntriesOf(LessonBook book, Sitting sitting) =>
        [.. book.Recordings.Where(entry => sitting.Covers(entry.Recording.StartedAt)).OrderBy(entry => entry.Recording.Sequence)];

    // A deleted recording at either end is silence, too: the others keep their places.
    private static (long Start, long End) SpanOf(LessonBook book, Sitting sitting)
    {
        var slots = EntriesOf(book, sitting).Select(entry => (entry.Offset, End: entry.Offset + entry.Samples))
            .Concat((book.Deleted ?? []).Where(stone => sitting.Covers(stone.StartedAt)).Select(stone => (stone.Offset, End: stone.Offset + stone.Samples)))
            .ToList();
        return (slots.Min(slot => slot.Offset), slots.Max(slot => slot.End));
    }

    /// <summary>Named by the first number of the sitting, whether it is deleted by now or not. Null where there is nothing to join.</summary>
    public static string? KeyFor(LessonBook book, Sitting sitting)
    {
        if (EntriesOf(book, sitting) is not [var first, ..])
            return null;
        int number = (book.Deleted ?? []).Where(stone => sitting.Covers(stone.StartedAt)).Select(stone => stone.Sequence).Append(first.Recording.Sequence).Min();
        string name = number == 1 ? "lesson.mp3" : $"lesson-{number:0000}.mp3";
        string key = Manifests.Beside(first.ToFinished(), name);
        return book.Recordings.Any(entry => entry.Key == key) ? Manifests.Beside(first.ToFinished(), "=" + name) : key;
    }

    private async Task<WholeLesson?> MakeAsync(LessonBook book, Sitting sitting, long start, long end, CancellationToken cancellationToken)
    {
        List<BookEntry> entries = EntriesOf(book, sitting);
        string draft = spool.DraftOf("lesson-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(book.Lesson)).AsSpan(0, 8)));
        try
        {
            if (await JoinAsync(draft, book.Lesson, entries, start, end, cancellationToken).ConfigureAwait(false) is not { } joined)
                return null;

            // In place of the one that is there: its number may not be the first any more.
            string key = sitting.Whole?.Key ?? KeyFor(book, sitting)!;
            var properties = new ObjectProperties("audio/mpeg", joined.Sha256, new Dictionary<string, string> { ["lesson"] = book.Lesson }, book.Lesson + ".mp3");
            StoredObject stored = await uploader.StoreAsync(key, draft, properties, cancellationToken).ConfigureAwait(false);
            Log.WholeStored(logger, book.Lesson, stored.Location, entries.Count);
            return new WholeLesson(key, stored.Location, start, end - start, joined.Bytes, joined.Sha256, [.. entries.Select(entry => entry.Recording.Id)]);
        }
        finally
        {
            File.Delete(draft);
        }
    }

    private async Task<JoinedMp3?> JoinAsync(string draft, string lesson, List<BookEntry> entries, long start, long end, CancellationToken cancellationToken)
    {
        BookEntry first = entries[0];
        var tag = new Id3v2Tag(lesson, first.Recording.Teacher, "", lesson, first.Recording.Sequence, first.Recording.StartedAt);
        using var join = new Mp3Join(draft, tag.ToBytes());
        for (int i = 0; i < entries.Count; i++)
        {
            BookEntry entry = entries[i];
            long next = i + 1 < entries.Count ? entries[i + 1].Offset - start : long.MaxValue;
            string? problem = await uploader.ReadAsync(entry.Key, cancellationToken).ConfigureAwait(false) is not { } content ? "the store has lost it"
                : !Mp3Stream.TryParse(content, out Mp3Stream? mp3, out string? flaw) ? "its MP3 " + flaw
                : !join.Add(mp3, entry.Recording.Format.Bitrate, entry.Offset - start, next) ? "its format is not that of the first"
                : null;
            if (problem is not null)
                Log.LeftOutOfWhole(logger, entry.Recording.Id, lesson, problem);
        }

        return join.Finish(end - start);
    }
}

/// <param name="Whole">Null where none was made.</param>
/// <param name="WaitsForRoom">One is to be made when the spool's disk has room for it.</param>
internal sealed record WholeAttempt(WholeLesson? Whole, bool WaitsForRoom = false);
