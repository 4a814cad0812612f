using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;
using Ttm.Recorder.Journal;
using Ttm.Recorder.Storage;

namespace Ttm.Recorder.Recordings;

/// <summary>
/// The directory that is the recorder's only queue. Of a recording lie there, one after the other: <c>id.rtpdump</c> (the journal),
/// <c>id.mp3.part</c>, <c>id.mp3</c> with <c>id.json</c> (a <see cref="FinishedRecording"/>); what lies there says what is to be done. Beside them,
/// <c>books/lesson.json</c>.
/// </summary>
internal sealed class Spool(string directory)
{
    private const string JournalSuffix = ".rtpdump";
    private const string DraftSuffix = ".draft";

    // No lesson's book has that name: those end in .json.
    private const string AllBooksMark = "complete";

    public string Directory { get; } = Path.GetFullPath(directory);

    private string Books { get; } = Path.Combine(Path.GetFullPath(directory), "books");

    /// <summary>False on a new machine, or after the disk or a book was lost: the store may know more.</summary>
    public bool HasAllBooks => File.Exists(Path.Combine(Books, AllBooksMark));

    /// <summary>
    /// Makes the directory where needed, and holds it: two processes would write over each other. Throws <see cref="IOException"/> where another
    /// one has it, or where it cannot be written.
    /// </summary>
    public FileStream Lock()
    {
        SpoolFile.CreateDirectory(Directory);
        SpoolFile.CreateDirectory(Books);
        return SpoolFile.OpenAlone(Path.Combine(Directory, "lock"));
    }

    public void MarkAllBooks() => SpoolFile.Replace(Path.Combine(Books, AllBooksMark), []);

    public string JournalOf(string id) => Path.Combine(Directory, id + JournalSuffix);

    public string PartOf(string id) => Path.Combine(Directory, id + ".mp3.part");

    public string Mp3Of(string id) => Path.Combine(Directory, id + ".mp3");

    /// <summary>A file that is made again when it is found after a crash.</summary>
    public string DraftOf(string name) => Path.Combine(Directory, name + DraftSuffix);

    public void RemoveDrafts()
    {
        foreach (string path in System.IO.Directory.EnumerateFiles(Directory, "*" + DraftSuffix))
            File.Delete(path);
    }

    public long FreeBytes() => new DriveInfo(Directory).AvailableFreeSpace;

    /// <summary>Throws where a new recording could not be written: the disk is full to the last byte, ill, or mounted read-only.</summary>
    public void TryOut()
    {
        string path = Path.Combine(Directory, "probe");
        using (SafeFileHandle file = SpoolFile.Create(path))
            RandomAccess.Write(file, new byte[4096], 0);
        File.Delete(path);
    }

    private string StateOf(string id) => Path.Combine(Directory, id + ".json");

    public void Save(FinishedRecording finished) =>
        SpoolFile.Replace(StateOf(finished.Recording.Id), JsonSerializer.SerializeToUtf8Bytes(finished, RecorderJson.Default.FinishedRecording));

    /// <summary>The recording whose MP3 is whole; null where it is not.</summary>
    public FinishedRecording? TryLoad(string id)
    {
        if (!File.Exists(Mp3Of(id)) || !File.Exists(StateOf(id)))
            return null;
        return TryRead(StateOf(id), RecorderJson.Default.FinishedRecording) is { Recording: not null, Key: not null } finished ? finished : null;
    }

    /// <summary>Whether the recording's MP3 is there and has that SHA-256, in hexadecimal.</summary>
    public async Task<bool> HasMp3Async(string id, string sha256, CancellationToken cancellationToken)
    {
        if (!File.Exists(Mp3Of(id)))
            return false;
        try
        {
            await using FileStream file = File.OpenRead(Mp3Of(id));
            byte[] hash = await SHA256.HashDataAsync(file, cancellationToken).ConfigureAwait(false);
            return Convert.ToHexStringLower(hash).Equals(sha256, StringComparison.OrdinalIgnoreCase);
        }
        catch (IOException)
        {
            // A block that the disk does not give any more.
            return false;
        }
    }

    /// <summary>Ids of all recordings of which something lies here, oldest first.</summary>
    public IReadOnlyList<string> Ids() =>
    [
        .. System.IO.Directory.EnumerateFiles(Directory, "rec_*.*")
            .Select(path => Path.GetFileName(path))
            .Select(name => name[..name.IndexOf('.', StringComparison.Ordinal)])
            .Distinct()
            .Order(StringComparer.Ordinal),
    ];

    public bool HasJournal(string id) => File.Exists(JournalOf(id));

    /// <summary>Takes a recording out of the spool. The state goes last: without the MP3 it says nothing.</summary>
    public void Remove(string id)
    {
        File.Delete(JournalOf(id));
        File.Delete(PartOf(id));
        File.Delete(Mp3Of(id));
        File.Delete(StateOf(id));
    }

    /// <summary>Puts a journal aside that says nothing of itself; one too short for a heading holds no sound.</summary>
    public void SetAside(string id)
    {
        if (new FileInfo(JournalOf(id)).Length < 512)
            File.Delete(JournalOf(id));
        else
            File.Move(JournalOf(id), Path.Combine(Directory, $"damaged-{id}{JournalSuffix}"), overwrite: true);
        Remove(id);
    }

    public long Bytes() => new DirectoryInfo(Directory).EnumerateFiles().Sum(file => file.Exists ? file.Length : 0);

    /// <summary>Writes the book, and notes that the store's copy of it is old.</summary>
    public void SaveBook(LessonBook book)
    {
        // It is in the directory that the book's own replacement brings to disk a moment later.
        SpoolFile.Create(DirtyMark(book.Lesson)).Dispose();
        SpoolFile.Replace(Path.Combine(Books, book.Lesson + ".json"), JsonSerializer.SerializeToUtf8Bytes(book, RecorderJson.Default.LessonBook));
    }

    public void MarkBookStored(string lesson) => File.Delete(DirtyMark(lesson));

    public bool IsBookStored(string lesson) => !File.Exists(DirtyMark(lesson));

    /// <summary>Throws <see cref="IOException"/> with a sentence where the disk, or a permission, keeps a book from us: without it a deletion could come undone.</summary>
    /// <param name="damaged">Told of one that is no book, with its path.</param>
    public IEnumerable<LessonBook> LoadBooks(Action<string, Exception> damaged)
    {
        foreach (string path in System.IO.Directory.GetFiles(Books, "*.json"))
        {
            LessonBook? book = null;
            try
            {
                book = LessonBook.Parse(File.ReadAllBytes(path));
            }
            catch (JsonException exception)
            {
                damaged(path, exception);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                throw new IOException($"The lesson's book {path} in Recording:Spool cannot be read: {exception.Message}", exception);
            }

            if (book is not null)
                yield return book;
        }
    }

    /// <summary>Gives a damaged book another name; from now on not all books are here.</summary>
    public void SetBookAside(string path)
    {
        File.Delete(Path.Combine(Books, AllBooksMark));
        DurableDirectory.Sync(Books);
        File.Move(path, path + ".damaged", overwrite: true);
    }

    private string DirtyMark(string lesson) => Path.Combine(Books, lesson + ".dirty");

    private static T? TryRead<T>(string path, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), type);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
