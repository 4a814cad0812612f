using Microsoft.Extensions.Logging;
using Ttm.Recorder.Journal;

namespace Ttm.Recorder.Recordings;

/// <summary>At start: goes on with what lies in the spool, from where its files say it was.</summary>
internal sealed class SpoolRecovery(
    Spool spool,
    BookKeeper books,
    RecordingCatalogue catalogue,
    WorkList works,
    EncodingDesk encoding,
    StoringStage storing,
    RecordingNews news,
    ILogger logger)
{
    public void Run()
    {
        Try("of an earlier process", spool.RemoveDrafts);
        var deleted = books.Deleted().Select(pair => pair.Stone.Id).ToHashSet(StringComparer.Ordinal);
        List<Recording> found = [];
        List<Action> ways = [];
        foreach (string id in spool.Ids())
        {
            Try(id, () =>
            {
                if (deleted.Contains(id))
                    spool.Remove(id);
                else if (Look(id, found) is { } goOn)
                    ways.Add(goOn);
            });
        }

        // Numbers first: one that a book has by now is not free any more.
        foreach (var lesson in found.GroupBy(recording => recording.Lesson, StringComparer.Ordinal))
            catalogue.Add(lesson.Key, lesson);
        foreach (Action goOn in ways)
            goOn();
    }

    /// <summary>One file that the disk does not give keeps no other recording, and no lesson, waiting.</summary>
    private void Try(string id, Action look)
    {
        try
        {
            look();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Log.NotRecovered(logger, id, exception.Message);
        }
    }

    /// <summary>How to go on with it; null where nothing is to be done.</summary>
    private Action? Look(string id, List<Recording> found)
    {
        if (catalogue.Find(id) is { Status: RecordingStatus.Stored } stored)
        {
            return () =>
            {
                // Between the books and the broom: its event may not have gone out.
                Log.Recovered(logger, id, "stored");
                _ = storing.TellAsync(stored, CancellationToken.None);
            };
        }

        if (spool.TryLoad(id) is { } finished)
        {
            found.Add(finished.Recording);
            return () =>
            {
                Log.Recovered(logger, id, "to be stored");
                news.Finished(catalogue.Find(id)!);
                storing.Begin(finished);
            };
        }

        if (!spool.HasJournal(id))
        {
            spool.Remove(id);
        }
        else if (JournalReader.ReadHeading(spool.JournalOf(id)) is { } heading && heading.Id == id)
        {
            var format = new RecordingFormat("mp3", heading.SampleRate, 1, heading.Bitrate);
            found.Add(new Recording(
                id, heading.Lesson, heading.Teacher, heading.Student, heading.Sequence, RecordingStatus.Encoding, heading.StartedAt, null, null, format, null, null, null, null));
            return () =>
            {
                Log.Recovered(logger, id, "to be encoded");
                var work = new RecordingWork(id, null, null);
                works.Add(work);
                encoding.Enqueue(work);
            };
        }
        else
        {
            Log.JournalUnreadable(logger, id);
            spool.SetAside(id);
        }

        return null;
    }
}
