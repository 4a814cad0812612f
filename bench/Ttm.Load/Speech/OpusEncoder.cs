using System.Runtime.InteropServices;
using Ttm.Rtc;

namespace Ttm.Load.Speech;

/// <summary>libopus for a voice: 48 kHz mono, packets of 20 ms.</summary>
internal sealed partial class OpusEncoder : IDisposable
{
    public const int FrameSamples = SpeechSignal.SampleRate / 50;

    // 32 kbit/s, as a limit to each packet: opus_encoder_ctl is variadic, which LibraryImport cannot call on every system.
    private const int PacketBytes = 80;
    private const int Voip = 2048;

    private readonly nint _encoder;

    static OpusEncoder() => NativeLibraries.Register(typeof(OpusEncoder).Assembly);

    public OpusEncoder()
    {
        _encoder = Create(SpeechSignal.SampleRate, 1, Voip, out int error);
        if (error != 0)
            throw new InvalidOperationException($"libopus made no encoder (error {error}).");
    }

    public byte[] Encode(ReadOnlySpan<short> pcm)
    {
        Span<byte> packet = stackalloc byte[PacketBytes];
        int length = Encode(_encoder, pcm, FrameSamples, packet, packet.Length);
        return length > 0 ? packet[..length].ToArray() : throw new InvalidOperationException($"libopus could not encode (error {length}).");
    }

    public void Dispose() => Destroy(_encoder);

    [LibraryImport(NativeLibraries.Opus, EntryPoint = "opus_encoder_create")]
    private static partial nint Create(int rate, int channels, int application, out int error);

    [LibraryImport(NativeLibraries.Opus, EntryPoint = "opus_encode")]
    private static partial int Encode(nint encoder, ReadOnlySpan<short> pcm, int frameSize, Span<byte> data, int maxBytes);

    [LibraryImport(NativeLibraries.Opus, EntryPoint = "opus_encoder_destroy")]
    private static partial void Destroy(nint encoder);
}
