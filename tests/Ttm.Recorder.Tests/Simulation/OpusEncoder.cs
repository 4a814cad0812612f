using System.Runtime.InteropServices;
using Ttm.Rtc;

namespace Ttm.Recorder.Tests.Simulation;

/// <summary>A browser's microphone, to Opus.</summary>
internal sealed partial class OpusEncoder : IDisposable
{
    private const int Voip = 2048;
    private const int SetBitrate = 4002;
    private const int SetComplexity = 4010;
    private const int SetInbandFec = 4012;
    private const int SetPacketLoss = 4014;
    private const int SetDtx = 4016;

    private readonly nint _encoder;
    private readonly int _channels;

    static OpusEncoder() => NativeLibraries.Register(typeof(OpusEncoder).Assembly);

    /// <param name="rate">Of the samples: 8000 to 48000 Hz, which is also what the packets say of their bandwidth.</param>
    public OpusEncoder(int channels = 1, int bitrate = 32_000, bool fec = true, bool dtx = false, int complexity = 9, int rate = 48_000)
    {
        _channels = channels;
        Rate = rate;
        _encoder = Create(rate, channels, Voip, out int error);
        error.ShouldBe(0);
        Set(SetBitrate, bitrate);
        Set(SetComplexity, complexity);
        Set(SetInbandFec, fec ? 1 : 0);
        Set(SetPacketLoss, fec ? 15 : 0);
        Set(SetDtx, dtx ? 1 : 0);
    }

    public int Rate { get; }

    public int Channels => _channels;

    public byte[] Encode(ReadOnlySpan<short> pcm)
    {
        byte[] packet = new byte[1275];
        int length = Encode(_encoder, pcm, pcm.Length / _channels, packet, packet.Length);
        length.ShouldBeGreaterThan(0);
        return packet[..length];
    }

    public void Dispose() => Destroy(_encoder);

    private void Set(int request, int value)
    {
        // Variadic in C: Apple's arm64 takes such arguments from the stack, which is where a ninth one goes.
        bool onStack = OperatingSystem.IsMacOS() && RuntimeInformation.ProcessArchitecture == Architecture.Arm64;
        (onStack ? ControlOnStack(_encoder, request, 0, 0, 0, 0, 0, 0, value) : Control(_encoder, request, value)).ShouldBe(0);
    }

    [LibraryImport(NativeLibraries.Opus, EntryPoint = "opus_encoder_create")]
    private static partial nint Create(int rate, int channels, int application, out int error);

    [LibraryImport(NativeLibraries.Opus, EntryPoint = "opus_encode")]
    private static partial int Encode(nint encoder, ReadOnlySpan<short> pcm, int frameSize, Span<byte> data, int maxBytes);

    [LibraryImport(NativeLibraries.Opus, EntryPoint = "opus_encoder_ctl")]
    private static partial int Control(nint encoder, int request, int value);

    [LibraryImport(NativeLibraries.Opus, EntryPoint = "opus_encoder_ctl")]
    private static partial int ControlOnStack(nint encoder, int request, int a, int b, int c, int d, int e, int f, int value);

    [LibraryImport(NativeLibraries.Opus, EntryPoint = "opus_encoder_destroy")]
    private static partial void Destroy(nint encoder);
}
