using System.Runtime.InteropServices;
using Ttm.Rtc;

namespace Ttm.Recorder.Lame;

internal static partial class LameNative
{
    public const int Mono = 3;

    static LameNative() => NativeLibraries.Register(typeof(LameNative).Assembly);

    [LibraryImport(NativeLibraries.Lame, EntryPoint = "lame_init")]
    public static partial LameHandle Init();

    [LibraryImport(NativeLibraries.Lame, EntryPoint = "lame_close")]
    public static partial int Close(nint lame);

    [LibraryImport(NativeLibraries.Lame, EntryPoint = "lame_set_errorf")]
    public static partial int SetErrorReport(LameHandle lame, nint function);

    [LibraryImport(NativeLibraries.Lame, EntryPoint = "lame_set_num_channels")]
    public static partial int SetChannels(LameHandle lame, int channels);

    [LibraryImport(NativeLibraries.Lame, EntryPoint = "lame_set_in_samplerate")]
    public static partial int SetInputRate(LameHandle lame, int hertz);

    [LibraryImport(NativeLibraries.Lame, EntryPoint = "lame_set_out_samplerate")]
    public static partial int SetOutputRate(LameHandle lame, int hertz);

    [LibraryImport(NativeLibraries.Lame, EntryPoint = "lame_set_mode")]
    public static partial int SetMode(LameHandle lame, int mode);

    [LibraryImport(NativeLibraries.Lame, EntryPoint = "lame_set_brate")]
    public static partial int SetBitrate(LameHandle lame, int kilobits);

    [LibraryImport(NativeLibraries.Lame, EntryPoint = "lame_set_quality")]
    public static partial int SetQuality(LameHandle lame, int quality);

    [LibraryImport(NativeLibraries.Lame, EntryPoint = "lame_set_disable_reservoir")]
    public static partial int SetDisableReservoir(LameHandle lame, int disable);

    [LibraryImport(NativeLibraries.Lame, EntryPoint = "lame_set_bWriteVbrTag")]
    public static partial int SetWriteInfoTag(LameHandle lame, int write);

    [LibraryImport(NativeLibraries.Lame, EntryPoint = "lame_set_write_id3tag_automatic")]
    public static partial void SetWriteId3Tag(LameHandle lame, int write);

    [LibraryImport(NativeLibraries.Lame, EntryPoint = "lame_init_params")]
    public static partial int InitParameters(LameHandle lame);

    [LibraryImport(NativeLibraries.Lame, EntryPoint = "lame_encode_buffer")]
    public static unsafe partial int Encode(LameHandle lame, short* left, short* right, int samples, byte* mp3, int mp3Size);

    [LibraryImport(NativeLibraries.Lame, EntryPoint = "lame_encode_flush")]
    public static unsafe partial int Flush(LameHandle lame, byte* mp3, int size);

    [LibraryImport(NativeLibraries.Lame, EntryPoint = "lame_get_lametag_frame")]
    public static unsafe partial nuint GetInfoFrame(LameHandle lame, byte* buffer, nuint size);
}

internal sealed class LameHandle() : SafeHandle(0, true)
{
    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle() => LameNative.Close(handle) == 0;
}
