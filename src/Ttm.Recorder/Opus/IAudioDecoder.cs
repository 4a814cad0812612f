namespace Ttm.Recorder.Opus;

/// <summary>
/// Turns the packets of one stream, in order, into 16-bit mono samples at one rate. The seam where another decoder fits. Not for use by two
/// threads at once.
/// </summary>
internal interface IAudioDecoder : IDisposable
{
    int SampleRate { get; }

    /// <summary>Decodes a packet. Returns the samples written, or -1 where the packet is corrupt.</summary>
    int Decode(ReadOnlySpan<byte> payload, Span<short> pcm);

    /// <summary>
    /// Decodes the copy of the packet <em>before</em> this one that this one carries (in-band FEC). Fills <paramref name="pcm"/>, whose length is
    /// the lost packet's. False where the copy is corrupt.
    /// </summary>
    bool DecodePrevious(ReadOnlySpan<byte> payload, Span<short> pcm);

    /// <summary>Fills <paramref name="pcm"/> (a multiple of 2.5 ms) with a guess of what went on.</summary>
    void Conceal(Span<short> pcm);

    /// <summary>Forgets the stream: the next packet is a first one.</summary>
    void Reset();
}
