using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Ttm.Recorder.Storage;

namespace Ttm.Recorder.Recordings;

/// <summary>
/// The books: per lesson, what is stored, here in the spool and as <c>manifest.json</c> beside the MP3s. The spool's copy is what a restart reads;
/// the store's is what a new machine reads.
/// </summary>
internal sealed class BookKeeper(Spool spool, IObjectStore store, Uploader uploader, ILogger logger)
{
    private const string ManifestName = "manifest.json";

    private static readonly TimeSpan RestorePatience = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, SortedList<int, FinishedRecording>> _lessons = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _versions = new(StringComparer.Ordinal);
    private readonly HashSet<string> _uploading = new(StringComparer.Ordinal);

    /// <summary>
    /// Reads the books at start. A new spool's books are first fetched from the store. False where that did not work: then a key may be taken already
    /// by a recording that nobody here knows of.
    /// </summary>
    public async Task<bool> LoadAsync(string storePrefix, CancellationToken cancellationToken)
    {
        if (!spool.HasAllBooks)
        {
            try
            {
                using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                both.CancelAfter(RestorePatience);
                await RestoreAsync(storePrefix, both.Token).ConfigureAwait(false);
                spool.MarkAllBooks();
            }
            catch (ObjectStoreException exception)
            {
                Log.BooksNotRestored(logger, exception.Message);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                Log.BooksNotRestored(logger, "It takes longer than a minute.");
            }
        }

        lock (_lock)
        {
            foreach (FinishedRecording finished in spool.LoadBooks().SelectMany(book => book.Recordings).Select(entry => entry.ToFinished()))
                BookOf(finished.Recording.Lesson)[finished.Recording.Sequence] = finished;
        }

        return spool.HasAllBooks;
    }

    public IReadOnlyList<FinishedRecording> All()
    {
        lock (_lock)
            return [.. _lessons.Values.SelectMany(book => book.Values)];
    }

    public IReadOnlyList<string> LessonsWithOldManifest()
    {
        lock (_lock)
            return [.. _lessons.Keys.Where(lesson => !spool.IsBookStored(lesson))];
    }

    /// <summary>Where the store keeps it; null where it is in no book.</summary>
    public string? KeyOf(Recording recording)
    {
        lock (_lock)
            return _lessons.TryGetValue(recording.Lesson, out var book) && book.TryGetValue(recording.Sequence, out FinishedRecording? finished) ? finished.Key : null;
    }

    /// <summary>Enters a stored recording, durably.</summary>
    public void Enter(FinishedRecording finished)
    {
        lock (_lock)
        {
            BookOf(finished.Recording.Lesson)[finished.Recording.Sequence] = finished;
            _versions[finished.Recording.Lesson] = _versions.GetValueOrDefault(finished.Recording.Lesson) + 1;
            spool.SaveBook(LessonBook.Of(finished.Recording.Lesson, BookOf(finished.Recording.Lesson).Values));
        }
    }

    /// <summary>Brings the lesson's manifests up to date; one call at a time does it for all.</summary>
    public async Task PublishAsync(string lesson, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (!_uploading.Add(lesson))
                return;
        }

        try
        {
            while (TryTakeChanges(lesson, out var manifests, out int version))
            {
                foreach ((string key, byte[] content) in manifests)
                {
                    var properties = new ObjectProperties("application/json", Convert.ToHexStringLower(SHA256.HashData(content)), new Dictionary<string, string>(), null);
                    await uploader.StoreAsync(key, key, content, properties, cancellationToken).ConfigureAwait(false);
                }

                MarkStored(lesson, version);
            }
        }
        catch
        {
            lock (_lock)
                _uploading.Remove(lesson);
            throw;
        }
    }

    /// <summary>The manifest lies in the recordings' directory, under the lesson's name where lessons may share that directory.</summary>
    internal static string ManifestKeyOf(FinishedRecording finished)
    {
        string directory = finished.Key[..(finished.Key.LastIndexOf('/') + 1)];
        string[] parts = directory.Split('/');
        return Array.Exists(parts, part => part == finished.Recording.Lesson)
            ? directory + ManifestName
            : $"{directory}={finished.Recording.Lesson}.{ManifestName}";
    }

    /// <summary>False, and nobody uploads any more, where the store has the newest.</summary>
    private bool TryTakeChanges(string lesson, out List<(string Key, byte[] Content)> manifests, out int version)
    {
        manifests = [];
        lock (_lock)
        {
            version = _versions.GetValueOrDefault(lesson);
            if (spool.IsBookStored(lesson))
            {
                _uploading.Remove(lesson);
                return false;
            }

            LessonBook book = LessonBook.Of(lesson, BookOf(lesson).Values);
            foreach (var group in book.Recordings.GroupBy(entry => ManifestKeyOf(entry.ToFinished())))
                manifests.Add((group.Key, JsonSerializer.SerializeToUtf8Bytes(new LessonBook(lesson, [.. group]), RecorderJson.Default.LessonBook)));
            return true;
        }
    }

    private void MarkStored(string lesson, int version)
    {
        lock (_lock)
        {
            if (_versions.GetValueOrDefault(lesson) == version)
                spool.MarkBookStored(lesson);
        }
    }

    private async Task RestoreAsync(string prefix, CancellationToken cancellationToken)
    {
        Dictionary<string, List<FinishedRecording>> lessons = new(StringComparer.Ordinal);
        await foreach (string key in store.ListAsync(prefix, cancellationToken).ConfigureAwait(false))
        {
            if (!key.EndsWith(ManifestName, StringComparison.Ordinal) || await store.ReadAsync(key, cancellationToken).ConfigureAwait(false) is not { } json)
                continue;
            try
            {
                if (JsonSerializer.Deserialize(json, RecorderJson.Default.LessonBook) is { Lesson: { } lesson, Recordings: { } entries })
                    (lessons.TryGetValue(lesson, out var known) ? known : lessons[lesson] = []).AddRange(entries.Select(entry => entry.ToFinished()));
            }
            catch (JsonException exception)
            {
                Log.ManifestUnreadable(logger, key, exception.Message);
            }
        }

        foreach ((string lesson, List<FinishedRecording> recordings) in lessons)
        {
            spool.SaveBook(LessonBook.Of(lesson, recordings));
            spool.MarkBookStored(lesson);
        }
    }

    private SortedList<int, FinishedRecording> BookOf(string lesson)
    {
        if (!_lessons.TryGetValue(lesson, out var book))
            _lessons[lesson] = book = [];
        return book;
    }
}
