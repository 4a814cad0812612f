namespace Ttm.Recorder.Opus;

/// <summary>libopus, decoding mono and stereo packets alike to mono at the rate asked for (RFC 6716).</summary>
internal sealed class OpusDecoder : IAudioDecoder
{
    private readonly OpusDecoderHandle _handle;

    public OpusDecoder(int sampleRate)
    {
        SampleRate = sampleRate;
        _handle = OpusNative.CreateDecoder(sampleRate, 1, out int error);
        if (error != OpusNative.Ok || _handle.IsInvalid)
            throw new InvalidOperationException($"libopus made no decoder for {sampleRate} Hz (error {error}).");
    }

    public int SampleRate { get; }

    public unsafe int Decode(ReadOnlySpan<byte> payload, Span<short> pcm)
    {
        fixed (byte* data = payload)
        fixed (short* samples = pcm)
        {
            // An empty payload would be a null pointer, which means "lost" to libopus.
            int count = payload.IsEmpty ? -1 : OpusNative.Decode(_handle, data, payload.Length, samples, pcm.Length, 0);
            return count < 0 ? -1 : count;
        }
    }

    public unsafe bool DecodePrevious(ReadOnlySpan<byte> payload, Span<short> pcm)
    {
        fixed (byte* data = payload)
        fixed (short* samples = pcm)
            return !payload.IsEmpty && OpusNative.Decode(_handle, data, payload.Length, samples, pcm.Length, 1) == pcm.Length;
    }

    public unsafe void Conceal(Span<short> pcm)
    {
        fixed (short* samples = pcm)
        {
            if (OpusNative.Decode(_handle, null, 0, samples, pcm.Length, 0) != pcm.Length)
                pcm.Clear();
        }
    }

    public void Reset() => OpusNative.Control(_handle, OpusNative.ResetState);

    public void Dispose() => _handle.Dispose();
}
