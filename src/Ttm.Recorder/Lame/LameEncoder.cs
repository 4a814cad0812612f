namespace Ttm.Recorder.Lame;

/// <summary>
/// libmp3lame: mono, constant bit rate, no bit reservoir, so that each frame stands alone: a torn file plays, and files join byte by byte.
/// </summary>
internal sealed class LameEncoder : IAudioEncoder
{
    // Quality 7 and 9 are the same encoder; 5 and better cost half as much again and do not sound better on speech at this rate.
    private const int Quality = 7;

    private readonly LameHandle _lame;
    private readonly int _sampleRate;
    private readonly int _bitrate;

    /// <param name="bitrate">In bit/s.</param>
    public LameEncoder(int sampleRate, int bitrate)
    {
        (_sampleRate, _bitrate) = (sampleRate, bitrate);
        _lame = LameNative.Init();
        if (_lame.IsInvalid)
            throw new InvalidOperationException("libmp3lame made no encoder: out of memory.");

        LameNative.SetErrorReport(_lame, 0);
        LameNative.SetChannels(_lame, 1);
        LameNative.SetMode(_lame, LameNative.Mono);
        LameNative.SetInputRate(_lame, sampleRate);
        LameNative.SetOutputRate(_lame, sampleRate);
        LameNative.SetBitrate(_lame, bitrate / 1000);
        LameNative.SetQuality(_lame, Quality);
        LameNative.SetDisableReservoir(_lame, 1);
        LameNative.SetWriteInfoTag(_lame, 1);
        LameNative.SetWriteId3Tag(_lame, 0);
        if (LameNative.InitParameters(_lame) < 0)
        {
            _lame.Dispose();
            throw new InvalidOperationException($"libmp3lame cannot encode {sampleRate} Hz at {bitrate} bit/s.");
        }
    }

    // ISO/IEC 11172-3 (MPEG-1) from 32 kHz on, 13818-3 (MPEG-2) below.
    public int SamplesPerFrame => _sampleRate >= 32_000 ? 1152 : 576;

    public ReadOnlySpan<byte> SilentFrame => Lame.SilentFrame.Of(_sampleRate, _bitrate).Span;

    // lame.h: 1.25 times the samples and 7200 bytes are always enough.
    public int MaxBytes(int samples) => (samples * 5 / 4) + 7200;

    public unsafe int Encode(ReadOnlySpan<short> pcm, Span<byte> destination)
    {
        fixed (short* samples = pcm)
        fixed (byte* mp3 = destination)
            return Checked(LameNative.Encode(_lame, samples, samples, pcm.Length, mp3, destination.Length));
    }

    public unsafe int Flush(Span<byte> destination)
    {
        fixed (byte* mp3 = destination)
            return Checked(LameNative.Flush(_lame, mp3, destination.Length));
    }

    public unsafe int GetInfoFrame(Span<byte> destination)
    {
        fixed (byte* buffer = destination)
        {
            // Too small a buffer is answered with the size it should have, and nothing is written.
            nuint size = LameNative.GetInfoFrame(_lame, buffer, (nuint)destination.Length);
            return size > 0 && size <= (nuint)destination.Length ? (int)size : throw new InvalidOperationException("libmp3lame gave no Info tag.");
        }
    }

    public void Dispose() => _lame.Dispose();

    private static int Checked(int result) => result >= 0 ? result : throw new InvalidOperationException($"libmp3lame failed with {result}.");
}
