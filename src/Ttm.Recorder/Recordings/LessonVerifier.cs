using System.Security.Cryptography;
using System.Text.Json;
using Ttm.Recorder.Lame;
using Ttm.Recorder.Storage;

namespace Ttm.Recorder.Recordings;

/// <param name="Manifests">How many were found.</param>
/// <param name="Recordings">How many they name.</param>
/// <param name="Problems">What is wrong, each a sentence; empty where all is well.</param>
public sealed record LessonReport(int Manifests, int Recordings, IReadOnlyList<string> Problems);

/// <summary>
/// Checks what the store holds below a prefix against the manifests there: objects, sizes, checksums, frames, Info tags, that the recordings tile the
/// lesson's clock, and that the whole lesson consists of them. Reads every object; changes nothing.
/// </summary>
public sealed class LessonVerifier(IObjectStore store)
{
    private static readonly TimeSpan Tolerance = TimeSpan.FromMilliseconds(50);

    private readonly List<string> _problems = [];
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    /// <summary>Throws <see cref="ObjectStoreException"/> where the store does not answer. Use an object once.</summary>
    /// <param name="prefix">Of keys, for example <c>lessons/2030-01-07/algebra-1/</c>.</param>
    public async Task<LessonReport> VerifyAsync(string prefix, CancellationToken cancellationToken)
    {
        List<string> keys = [];
        await foreach (string key in store.ListAsync(prefix, cancellationToken).ConfigureAwait(false))
            keys.Add(key);

        int recordings = 0;
        string[] manifests = [.. keys.Where(key => key.EndsWith(Manifests.Name, StringComparison.Ordinal))];
        if (manifests.Length == 0)
            _problems.Add($"There is no {Manifests.Name} below {prefix}.");
        List<LessonBook> parts = [];
        foreach (string key in manifests)
        {
            if (await ReadManifestAsync(key, cancellationToken).ConfigureAwait(false) is { } part)
                parts.Add(part);
        }

        // A lesson over midnight lies in parts, on one clock.
        foreach (var lesson in parts.GroupBy(part => part.Lesson, StringComparer.Ordinal))
        {
            var book = new LessonBook(
                lesson.Key,
                [.. lesson.SelectMany(part => part.Recordings)],
                [.. lesson.SelectMany(part => part.Sittings ?? [])],
                [.. lesson.SelectMany(part => part.Deleted ?? [])]);
            recordings += book.Recordings.Count;
            await VerifyAsync(book, cancellationToken).ConfigureAwait(false);
        }

        foreach (string key in keys.Where(key => key.EndsWith(".mp3", StringComparison.Ordinal) && !_known.Contains(key)))
            _problems.Add($"{key} is in no manifest.");
        return new LessonReport(manifests.Length, recordings, _problems);
    }

    private async Task<LessonBook?> ReadManifestAsync(string key, CancellationToken cancellationToken)
    {
        try
        {
            byte[]? json = await store.ReadAsync(key, cancellationToken).ConfigureAwait(false);
            if (json is not null && JsonSerializer.Deserialize(json, RecorderJson.Default.LessonBook) is { Lesson: not null, Recordings: not null } book)
                return book;
            _problems.Add($"{key} is no manifest.");
        }
        catch (JsonException exception)
        {
            _problems.Add($"{key} cannot be read: {exception.Message}");
        }

        return null;
    }

    private async Task VerifyAsync(LessonBook book, CancellationToken cancellationToken)
    {
        _known.UnionWith(book.Recordings.Select(entry => entry.Key));
        VerifyTiling(book);
        foreach (BookEntry entry in book.Recordings)
            await VerifyAsync(entry, cancellationToken).ConfigureAwait(false);
        foreach (Tombstone stone in book.Deleted ?? [])
        {
            foreach (string key in stone.Pending)
            {
                if (await store.ReadAsync(key, cancellationToken).ConfigureAwait(false) is not null)
                    _problems.Add($"{key} holds the deleted recording {stone.Id} and is still there.");
            }
        }

        foreach (Sitting sitting in book.Sittings ?? [])
        {
            if (sitting.Whole is not { } whole)
                continue;
            _known.Add(whole.Key);
            VerifyParts(book, whole);
            await VerifyWholeAsync(book, sitting, whole, cancellationToken).ConfigureAwait(false);
        }
    }

    private void VerifyTiling(LessonBook book)
    {
        var slots = book.Recordings.Select(entry => (entry.Recording.Sequence, Name: entry.Key, entry.Offset, entry.Samples, entry.OpenedAt, entry.ClosedAt))
            .Concat((book.Deleted ?? []).Select(stone => (stone.Sequence, Name: stone.Id, stone.Offset, stone.Samples, stone.OpenedAt, stone.ClosedAt)))
            .OrderBy(slot => slot.Sequence)
            .ToList();
        for (int i = 1; i < slots.Count; i++)
        {
            long gap = slots[i].Offset - slots[i - 1].Offset - slots[i - 1].Samples;
            if (slots[i].Sequence == slots[i - 1].Sequence)
                _problems.Add($"{slots[i].Name} and {slots[i - 1].Name} have the same sequence number.");
            if (gap < 0)
                _problems.Add($"{slots[i].Name} begins {-gap} samples before {slots[i - 1].Name} ends.");
            else if (gap > 0 && slots[i].OpenedAt == slots[i - 1].ClosedAt)
                _problems.Add($"{slots[i].Name} should follow {slots[i - 1].Name} without a gap, and {gap} samples are missing between them.");
        }
    }

    private async Task VerifyAsync(BookEntry entry, CancellationToken cancellationToken)
    {
        Recording recording = entry.Recording;
        if (await ReadMp3Async(entry.Key, recording.Bytes, recording.Sha256, cancellationToken).ConfigureAwait(false) is not { } mp3)
            return;
        VerifyInfo(entry.Key, mp3, entry.Samples);
        if (mp3.SampleRate != recording.Format.SampleRate)
            _problems.Add($"{entry.Key} has {mp3.SampleRate} Hz, and the manifest says {recording.Format.SampleRate}.");
        double duration = (double)entry.Samples / recording.Format.SampleRate;
        if (recording.Duration is not { } told || Math.Abs(told - duration) > 0.001)
            _problems.Add($"{entry.Key} lasts {duration:0.000} s, and the manifest says {recording.Duration:0.000} s.");
        if ((entry.ClosedAt - entry.OpenedAt - TimeSpan.FromSeconds(duration)).Duration() > Tolerance)
            _problems.Add($"{entry.Key} lasts {duration:0.000} s, and {(entry.ClosedAt - entry.OpenedAt).TotalSeconds:0.000} s passed.");
    }

    private async Task VerifyWholeAsync(LessonBook book, Sitting sitting, WholeLesson whole, CancellationToken cancellationToken)
    {
        if (await ReadMp3Async(whole.Key, whole.Bytes, whole.Sha256, cancellationToken).ConfigureAwait(false) is not { } mp3)
            return;
        VerifyInfo(whole.Key, mp3, whole.Samples);
        List<BookEntry> entries = WholeLessonMaker.EntriesOf(book, sitting);
        for (int i = 0; i < entries.Count; i++)
        {
            byte[]? content = await store.ReadAsync(entries[i].Key, cancellationToken).ConfigureAwait(false);
            if (content is null || !Mp3Stream.TryParse(content, out Mp3Stream? part, out _))
                continue;

            // What surely comes from this recording: without the frames that a seam may leave out at either end. The neighbour may be in another manifest.
            string id = entries[i].Recording.Id;
            long place = Mp3Join.FrameOf(entries[i].Offset - whole.Offset, mp3.SamplesPerFrame);
            long end = whole.Recordings is [.., var last] && last == id
                ? part.Frames
                : Math.Min(part.Frames, Mp3Join.FrameOf(entries[i].Offset + entries[i].Samples - whole.Offset, mp3.SamplesPerFrame) - place);
            int from = whole.Recordings is [var first, ..] && first == id ? 0 : Mp3Join.LeadFrames;
            if (end <= from)
                continue;
            if (place + end > mp3.Frames || !mp3.Slice((int)place + from, (int)(place + end)).Span.SequenceEqual(part.Slice(from, (int)end).Span))
                _problems.Add($"{whole.Key} does not hold {entries[i].Key} at its place.");
        }
    }

    private void VerifyParts(LessonBook book, WholeLesson whole)
    {
        foreach (Tombstone stone in (book.Deleted ?? []).Where(stone => whole.Recordings.Contains(stone.Id)))
            _problems.Add($"{whole.Key} holds the deleted recording {stone.Id}.");

        // Those at the end may be in another manifest: the lesson went over midnight.
        var ids = book.Recordings.Select(entry => entry.Recording.Id).Concat((book.Deleted ?? []).Select(stone => stone.Id)).ToHashSet(StringComparer.Ordinal);
        foreach (string id in whole.Recordings.Reverse().SkipWhile(id => !ids.Contains(id)).Where(id => !ids.Contains(id)))
            _problems.Add($"{whole.Key} holds the recording {id}, which is in no manifest.");
    }

    private void VerifyInfo(string key, Mp3Stream mp3, long samples)
    {
        if (mp3.Info.Frames != mp3.Frames)
            _problems.Add($"{key} has {mp3.Frames} frames, and its Info tag says {mp3.Info.Frames}.");
        if (InfoTag.MusicCrcOf(mp3.InfoFrame.Span) != InfoTag.Crc(0, mp3.Slice(0, mp3.Frames).Span))
            _problems.Add($"{key} has an Info tag whose check sums are not those of its frames.");
        if (mp3.Samples != samples)
            _problems.Add($"{key} plays {mp3.Samples} samples, and the manifest says {samples}.");
    }

    private async Task<Mp3Stream?> ReadMp3Async(string key, long? bytes, string? sha256, CancellationToken cancellationToken)
    {
        if (await store.ReadAsync(key, cancellationToken).ConfigureAwait(false) is not { } content)
            _problems.Add($"{key} is missing.");
        else if (content.Length != bytes)
            _problems.Add($"{key} has {content.Length} bytes, and the manifest says {bytes}.");
        else if (!Convert.ToHexStringLower(SHA256.HashData(content)).Equals(sha256, StringComparison.OrdinalIgnoreCase))
            _problems.Add($"{key} has another SHA-256 than the manifest says: its content was changed.");
        else if (!Mp3Stream.TryParse(content, out Mp3Stream? mp3, out string? problem))
            _problems.Add($"{key} {problem}.");
        else
            return mp3;
        return null;
    }
}
