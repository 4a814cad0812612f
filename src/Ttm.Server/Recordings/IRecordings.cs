using Ttm.Recorder.Recordings;

namespace Ttm.Server.Recordings;

/// <summary>The recordings as the API needs them.</summary>
internal interface IRecordings
{
    /// <summary>Oldest first.</summary>
    IReadOnlyList<Recording> List(string lesson);

    Recording? Find(string recording);

    /// <summary>Of all lessons, newest first.</summary>
    IReadOnlyList<Recording> Search(RecordingQuery query);

    /// <summary>The MP3 of a recording that exists.</summary>
    Task<RecordingAudio> OpenAudioAsync(Recording recording, CancellationToken cancellation);

    /// <summary>Deletes a recording for good. Throws <see cref="IOException"/> where the tombstone cannot be written; then nothing has changed.</summary>
    /// <param name="by">Who wants it deleted, for the tombstone.</param>
    Task<DeletionOutcome> DeleteAsync(string recording, string by, string reason, CancellationToken cancellation);
}

/// <summary>One of its nested cases.</summary>
internal abstract record RecordingAudio
{
    /// <summary>There is no whole MP3 yet, or there will be none: the recording's status says which.</summary>
    internal sealed record Absent : RecordingAudio;

    /// <summary>The store does not answer; the sentence says why.</summary>
    internal sealed record StoreUnavailable(string Reason) : RecordingAudio;

    /// <summary>A presigned URL.</summary>
    internal sealed record Redirect(Uri Url) : RecordingAudio;

    /// <summary>A seekable stream, which the answer disposes of.</summary>
    internal sealed record Content(Stream Stream) : RecordingAudio;
}
