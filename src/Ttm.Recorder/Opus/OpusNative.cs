using System.Runtime.InteropServices;
using Ttm.Rtc;

namespace Ttm.Recorder.Opus;

internal static partial class OpusNative
{
    public const int Ok = 0;

    public const int ResetState = 4028;

    static OpusNative() => NativeLibraries.Register(typeof(OpusNative).Assembly);

    [LibraryImport(NativeLibraries.Opus, EntryPoint = "opus_decoder_create")]
    public static partial OpusDecoderHandle CreateDecoder(int sampleRate, int channels, out int error);

    [LibraryImport(NativeLibraries.Opus, EntryPoint = "opus_decoder_destroy")]
    public static partial void DestroyDecoder(nint decoder);

    [LibraryImport(NativeLibraries.Opus, EntryPoint = "opus_decode")]
    public static unsafe partial int Decode(OpusDecoderHandle decoder, byte* data, int length, short* pcm, int frameSize, int decodeFec);

    // Variadic in C: only requests without an argument may go through a fixed signature (the ABI of Apple's arm64 differs for the rest).
    [LibraryImport(NativeLibraries.Opus, EntryPoint = "opus_decoder_ctl")]
    public static partial int Control(OpusDecoderHandle decoder, int request);
}

internal sealed class OpusDecoderHandle() : SafeHandle(0, true)
{
    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        OpusNative.DestroyDecoder(handle);
        return true;
    }
}
