using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Ttm.Recorder.Storage;

namespace Ttm.Recorder.Recordings;

/// <summary>
/// The books: per lesson, what is stored, here in the spool and as <c>manifest.json</c> beside the MP3s. The spool's copy is what a restart reads;
/// the store's is what a new machine reads.
/// </summary>
internal sealed class BookKeeper(Spool spool, RecordingCatalogue catalogue, Uploader uploader, ILogger logger)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, LessonPages> _lessons = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _versions = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _stored = new(StringComparer.Ordinal);
    private readonly HashSet<string> _uploading = new(StringComparer.Ordinal);

    /// <summary>Reads the spool's books at start, and enters them into the catalogue. One that is damaged is set aside, and looked for in the store.</summary>
    public void Load()
    {
        lock (_lock)
        {
            foreach (LessonBook book in spool.LoadBooks(SetAside))
            {
                PagesOf(book.Lesson).Add(book);
                Tell(book.Lesson);
            }
        }
    }

    /// <summary>
    /// Takes over, durably, what a manifest in the store knows and nobody here. What is known here is newer and stays. Where both have given one number, see
    /// <see cref="LessonPages.MergedWith"/>.
    /// </summary>
    public void Merge(LessonBook manifest)
    {
        string lesson = manifest.Lesson;
        lock (_lock)
        {
            LessonPages pages = PagesOf(lesson);
            if (!pages.Lacks(manifest))
                return;
            bool isStored = spool.IsBookStored(lesson);
            pages = pages.MergedWith(manifest, out bool moved);
            spool.SaveBook(pages.ToBook(lesson));
            _lessons[lesson] = pages;
            int version = _versions[lesson] = _versions.GetValueOrDefault(lesson) + 1;
            if (isStored && !moved && pages.Deleted.Values.All(stone => stone.Pending.Count == 0))
            {
                _stored[lesson] = version;
                spool.MarkBookStored(lesson);
            }

            Tell(lesson);
        }
    }

    public IReadOnlyList<(string Lesson, Tombstone Stone)> Deleted()
    {
        lock (_lock)
            return [.. _lessons.SelectMany(pair => pair.Value.Deleted.Values.Select(stone => (pair.Key, stone)))];
    }

    /// <summary>Those whose manifest is old, or of whose book something else that follows from it is still to be done.</summary>
    public IReadOnlyList<string> LessonsWithWork()
    {
        lock (_lock)
            return [.. _lessons.Keys.Where(lesson => !spool.IsBookStored(lesson))];
    }

    /// <summary>Null where it is in no book.</summary>
    public FinishedRecording? Find(Recording recording)
    {
        lock (_lock)
            return _lessons.TryGetValue(recording.Lesson, out var pages) ? pages.Recordings.Values.FirstOrDefault(finished => finished.Recording.Id == recording.Id) : null;
    }

    /// <summary>True where another recording of the lesson has the key, or is still to be deleted from there.</summary>
    public bool HasKey(FinishedRecording finished)
    {
        lock (_lock)
        {
            return _lessons.TryGetValue(finished.Recording.Lesson, out var pages)
                && (pages.Recordings.Values.Any(other => other.Key == finished.Key && other.Recording.Id != finished.Recording.Id)
                    || pages.Deleted.Values.Any(stone => stone.Pending.Contains(finished.Key))
                    || pages.Sittings.Values.Any(sitting => sitting.Whole?.Key == finished.Key));
        }
    }

    /// <summary>What the lesson's book says now.</summary>
    public LessonBook Read(string lesson)
    {
        lock (_lock)
            return PagesOf(lesson).ToBook(lesson);
    }

    /// <summary>Enters a stored recording, durably, under the number that it has by now; null where it is deleted, and stays out.</summary>
    public FinishedRecording? Enter(FinishedRecording finished)
    {
        lock (_lock)
        {
            if (IsDeleted(finished.Recording))
                return null;
            Recording recording = finished.Recording with { Sequence = catalogue.Find(finished.Recording.Id)?.Sequence ?? finished.Recording.Sequence };
            finished = finished with { Recording = recording };
            Change(recording.Lesson, pages => pages.Recordings[recording.Sequence] = finished);
            return finished;
        }
    }

    /// <summary>Enters, durably, that a lesson is over, and what was typed in it. A second call for the same beginning changes the messages and the end.</summary>
    public void Enter(string lesson, Sitting sitting) => Change(lesson, pages => pages.Enter(sitting));

    /// <summary>Enters a whole lesson that is stored, durably; one that holds what was deleted meanwhile is to go, too.</summary>
    public void EnterWhole(string lesson, DateTimeOffset startedAt, WholeLesson whole) => Change(lesson, pages => pages.EnterWhole(startedAt, whole));

    /// <summary>Puts a tombstone in a recording's place, durably: from then on it never comes back, and the objects that hold its sound are to go.</summary>
    public void Delete(string lesson, Tombstone stone) => Change(lesson, pages => pages.Delete(lesson, stone));

    public Tombstone? FindDeleted(string id)
    {
        lock (_lock)
            return _lessons.Values.SelectMany(pages => pages.Deleted.Values).FirstOrDefault(stone => stone.Id == id);
    }

    /// <summary>Whether the book has the end of this lesson: of that beginning, to the millisecond.</summary>
    public bool Knows(string lesson, Sitting sitting)
    {
        lock (_lock)
            return _lessons.TryGetValue(lesson, out LessonPages? pages) && pages.Sittings.Values.Any(sitting.IsSame);
    }

    public bool IsDeleted(Recording recording)
    {
        lock (_lock)
            return _lessons.TryGetValue(recording.Lesson, out LessonPages? pages) && pages.Deleted.Values.Any(stone => stone.Id == recording.Id);
    }

    public bool HasDeleted(string lesson, Sitting sitting)
    {
        lock (_lock)
            return _lessons.TryGetValue(lesson, out LessonPages? pages) && pages.Deleted.Values.Any(stone => sitting.Covers(stone.StartedAt));
    }

    /// <summary>The store has none of the tombstone's objects any more.</summary>
    public void MarkGone(string lesson, Tombstone stone) => Change(lesson, pages => pages.MarkGone(stone));

    /// <summary>Counts the changes of the lesson's book.</summary>
    public int VersionOf(string lesson)
    {
        lock (_lock)
            return _versions.GetValueOrDefault(lesson);
    }

    /// <summary>All that follows from that version is done, so the next start need not look. Without effect where there is a newer one.</summary>
    public void Settle(string lesson, int version)
    {
        lock (_lock)
        {
            if (_versions.GetValueOrDefault(lesson) == version && _stored.TryGetValue(lesson, out int stored) && stored == version)
                spool.MarkBookStored(lesson);
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

    /// <summary>False, and nobody uploads any more, where the store has the newest.</summary>
    private bool TryTakeChanges(string lesson, out List<(string Key, byte[] Content)> manifests, out int version)
    {
        manifests = [];
        lock (_lock)
        {
            version = _versions.GetValueOrDefault(lesson);
            if (_stored.TryGetValue(lesson, out int stored) ? stored == version : spool.IsBookStored(lesson))
            {
                _uploading.Remove(lesson);
                return false;
            }

            foreach ((string key, LessonBook part) in Manifests.Of(PagesOf(lesson).ToBook(lesson)))
                manifests.Add((key, JsonSerializer.SerializeToUtf8Bytes(part, RecorderJson.Default.LessonBook)));
            return true;
        }
    }

    private void MarkStored(string lesson, int version)
    {
        lock (_lock)
            _stored[lesson] = version;
    }

    private void Change(string lesson, Action<LessonPages> change)
    {
        lock (_lock)
        {
            // What the disk refuses has not happened.
            LessonPages pages = PagesOf(lesson).Copy();
            change(pages);
            spool.SaveBook(pages.ToBook(lesson));
            _lessons[lesson] = pages;
            _versions[lesson] = _versions.GetValueOrDefault(lesson) + 1;
        }
    }

    private void SetAside(string path, Exception exception)
    {
        Log.BookUnreadable(logger, path, exception.Message);
        spool.SetBookAside(path);
    }

    private void Tell(string lesson)
    {
        LessonPages pages = PagesOf(lesson);
        foreach (Tombstone stone in pages.Deleted.Values)
            catalogue.Remove(stone.Id);
        catalogue.Adopt(lesson, pages.Recordings.Values.Select(finished => finished.Recording), pages.Deleted.Keys);
    }

    private LessonPages PagesOf(string lesson)
    {
        if (!_lessons.TryGetValue(lesson, out LessonPages? pages))
            _lessons[lesson] = pages = new LessonPages();
        return pages;
    }
}
