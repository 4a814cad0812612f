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
        spool.RemoveDrafts();
        var deleted = books.Deleted().Select(pair => pair.Stone.Id).ToHashSet(StringComparer.Ordinal);
        foreach (string id in spool.Ids())
        {
            if (deleted.Contains(id))
                spool.Remove(id);
            else
                Recover(id);
        }
    }

    private void Recover(string id)
    {
        if (catalogue.Find(id) is { Status: RecordingStatus.Stored } stored)
        {
            // Between the books and the broom: its event may not have gone out.
            Log.Recovered(logger, id, "stored");
            _ = storing.TellAsync(stored, CancellationToken.None);
        }
        else if (spool.TryLoad(id) is { } finished)
        {
            Log.Recovered(logger, id, "to be stored");
            news.Finished(finished.Recording);
            storing.Begin(finished);
        }
        else if (!spool.HasJournal(id))
        {
            spool.Remove(id);
        }
        else if (JournalReader.ReadHeading(spool.JournalOf(id)) is { } heading && heading.Id == id)
        {
            Log.Recovered(logger, id, "to be encoded");
            Encode(heading);
        }
        else
        {
            Log.JournalUnreadable(logger, id);
            spool.SetAside(id);
        }
    }

    private void Encode(JournalHeading heading)
    {
        var format = new RecordingFormat("mp3", heading.SampleRate, 1, heading.Bitrate);
        catalogue.Set(new Recording(
            heading.Id, heading.Lesson, heading.Teacher, heading.Student, heading.Sequence, RecordingStatus.Encoding, heading.StartedAt, null, null, format, null, null, null, null));
        var work = new RecordingWork(heading.Id, null, null);
        works.Add(work);
        encoding.Enqueue(work);
    }
}
