using System.Collections.Concurrent;

namespace Ttm.Recorder.Lame;

/// <summary>
/// The frame that LAME makes of digital silence once nothing of the sound before is left in it. Without a bit reservoir it is always the same, so
/// it is made once for each format.
/// </summary>
internal static class SilentFrame
{
    // The first frames may still hold the encoder's start.
    private const int Settled = 4;

    private static readonly ConcurrentDictionary<(int SampleRate, int Bitrate), ReadOnlyMemory<byte>> Made = new();

    /// <param name="bitrate">In bit/s.</param>
    public static ReadOnlyMemory<byte> Of(int sampleRate, int bitrate) => Made.GetOrAdd((sampleRate, bitrate), Make);

    private static ReadOnlyMemory<byte> Make((int SampleRate, int Bitrate) format)
    {
        using var encoder = new LameEncoder(format.SampleRate, format.Bitrate);
        short[] pcm = new short[2 * Settled * encoder.SamplesPerFrame];
        byte[] buffer = new byte[2 * encoder.MaxBytes(pcm.Length)];
        int length = encoder.Encode(pcm, buffer);
        length += encoder.Flush(buffer.AsSpan(length));
        encoder.GetInfoFrame(buffer);
        return Mp3Stream.TryParse(buffer.AsMemory(0, length), out Mp3Stream? silence, out string? problem)
            ? silence.Slice(Settled, Settled + 1).ToArray()
            : throw new InvalidOperationException($"libmp3lame's silence {problem}.");
    }
}
