namespace Ttm.Recorder.Lame;

/// <summary>Turns 16-bit mono samples into a file's frames. The seam where another encoder fits. Not for use by two threads at once.</summary>
internal interface IAudioEncoder : IDisposable
{
    /// <summary>Of one channel.</summary>
    int SamplesPerFrame { get; }

    /// <summary>
    /// The frame that comes out while only zeros go in and nothing of the sound before is left; as long as every other frame. It may stand in for a
    /// frame of zeros that is not encoded.
    /// </summary>
    ReadOnlySpan<byte> SilentFrame { get; }

    /// <summary>Room that <see cref="Encode"/> needs for that many samples.</summary>
    int MaxBytes(int samples);

    /// <summary>Returns the bytes written; frames come out some samples after they went in.</summary>
    int Encode(ReadOnlySpan<short> pcm, Span<byte> destination);

    /// <summary>The last frames. Nothing can be encoded after it.</summary>
    int Flush(Span<byte> destination);

    /// <summary>
    /// The frame that describes the whole file, exactly as long as the first frame that <see cref="Encode"/> gave, to be written over it. Call
    /// after <see cref="Flush"/>.
    /// </summary>
    int GetInfoFrame(Span<byte> destination);
}
