namespace Ttm.Server.Recordings;

/// <summary>The recordings as the API needs them; the recorder's own types stay behind it.</summary>
internal interface IRecordings
{
    /// <summary>Oldest first.</summary>
    Task<IReadOnlyList<RecordingView>> ListAsync(string lesson, CancellationToken cancellation);

    Task<RecordingView?> FindAsync(string recording, CancellationToken cancellation);

    /// <summary>The MP3 of a recording that exists.</summary>
    Task<RecordingAudio> OpenAudioAsync(string recording, CancellationToken cancellation);

    /// <summary>Whether some recording of this lesson is still on its way to the store.</summary>
    bool IsUnsettled(string lesson);
}

/// <summary>One of its three nested cases.</summary>
internal abstract record RecordingAudio
{
    /// <summary>There is no whole MP3 yet, or there will be none; the sentence says which.</summary>
    internal sealed record Absent(string Reason) : RecordingAudio;

    /// <summary>A presigned URL.</summary>
    internal sealed record At(Uri Url) : RecordingAudio;

    /// <summary>A seekable stream, which the answer disposes.</summary>
    internal sealed record Content(Stream Stream) : RecordingAudio;
}
