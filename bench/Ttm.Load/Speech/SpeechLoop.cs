namespace Ttm.Load.Speech;

/// <summary>Ten seconds of speech as Opus packets, encoded once; each teacher says them over and over, from a place of its own.</summary>
internal sealed class SpeechLoop
{
    private const double Seconds = 10;

    private readonly byte[][] _packets;

    private SpeechLoop(byte[][] packets) => _packets = packets;

    public int Count => _packets.Length;

    public static SpeechLoop Create()
    {
        using var encoder = new OpusEncoder();
        ReadOnlySpan<short> signal = SpeechSignal.Create(Seconds);
        byte[][] packets = new byte[signal.Length / OpusEncoder.FrameSamples][];
        for (int index = 0; index < packets.Length; index++)
            packets[index] = encoder.Encode(signal.Slice(index * OpusEncoder.FrameSamples, OpusEncoder.FrameSamples));
        return new SpeechLoop(packets);
    }

    public ReadOnlySpan<byte> GetPacket(long index) => _packets[index % _packets.Length];
}
