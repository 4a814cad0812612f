using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Ttm.Recorder.Storage;

namespace Ttm.Recorder.Recordings;

/// <summary>
/// Decides once, before anything of a recording is stored, under which key that will be: the template's, or one with the recording's id in its name where
/// another recording has that one. Books can be lost and the store away; so the store is asked, too.
/// </summary>
internal sealed class KeyChoice(ObjectKeyTemplate keys, RecordingCatalogue catalogue, BookKeeper books, IObjectStore store, Uploader uploader, ILogger logger)
{
    /// <summary>Ends when the store has answered; throws only <see cref="OperationCanceledException"/>.</summary>
    public async Task<FinishedRecording> DecideAsync(FinishedRecording finished, CancellationToken cancellationToken)
    {
        string id = finished.Recording.Id;
        if (catalogue.Find(id) is { } known && known.Sequence != finished.Recording.Sequence)
        {
            Recording recording = finished.Recording with { Sequence = known.Sequence };
            finished = finished with { Recording = recording, Key = KeyOf(recording) };
        }

        bool taken = books.HasKey(finished) || await uploader.UntilDoneAsync(id, token => IsTakenAsync(finished, token), cancellationToken).ConfigureAwait(false);
        if (!taken)
            return finished with { IsKeyDecided = true };
        string key = ObjectKeyTemplate.WithId(finished.Key, id);
        Log.KeyTaken(logger, id, finished.Key, key);
        return finished with { Key = key, IsKeyDecided = true };
    }

    /// <summary>The key that the template gives.</summary>
    public string KeyOf(Recording recording) =>
        keys.Render(recording.StartedAt, recording.Lesson, recording.Teacher ?? "unknown", recording.Student, recording.Sequence, recording.Id);

    private async Task<bool> IsTakenAsync(FinishedRecording finished, CancellationToken cancellationToken)
    {
        try
        {
            ObjectAudio? found = await store.OpenAsync(finished.Key, cancellationToken).ConfigureAwait(false);
            if (found?.Content is { } content)
                await content.DisposeAsync().ConfigureAwait(false);
            if (found is null)
                return false;

            // It may be its own: an earlier version wrote no decision down, and the answer to the upload may have been lost.
            return await store.ReadAsync(finished.Key, cancellationToken).ConfigureAwait(false) is { } present
                && !Convert.ToHexStringLower(SHA256.HashData(present)).Equals(finished.Recording.Sha256, StringComparison.OrdinalIgnoreCase);
        }
        catch (ObjectStoreException exception) when (!exception.Transient)
        {
            // A store that takes objects and does not let us look whether one is there.
            if ((await store.CheckAsync(cancellationToken).ConfigureAwait(false)).Healthy)
                return true;
            throw;
        }
    }
}
