using System.Runtime.InteropServices;
using Ttm.Rtc;
using Ttm.Rtc.Rtp;

namespace Ttm.Bench;

/// <summary>Packets as a browser sends them (Opus 32 kbit/s with in-band FEC, 20 ms) of something like speech: voiced syllables with noise between.</summary>
internal static partial class SyntheticSpeech
{
    private const int Rate = 48_000;
    private const int Frame = 960;
    private const int Voip = 2048;

    /// <summary>RTP packets, 50 for each second.</summary>
    public static List<byte[]> Packets(int seconds)
    {
        NativeLibraries.Register(typeof(SyntheticSpeech).Assembly);
        nint encoder = Create(Rate, 1, Voip, out _);
        _ = Control(encoder, 4002, 32_000);
        _ = Control(encoder, 4012, 1);
        _ = Control(encoder, 4014, 10);
        List<byte[]> packets = [];
        short[] pcm = new short[Frame];
        byte[] payload = new byte[1275];
        for (int i = 0; i < seconds * 50; i++)
        {
            for (int k = 0; k < Frame; k++)
                pcm[k] = SampleAt((long)i * Frame + k);
            int length = Encode(encoder, pcm, Frame, payload, payload.Length);
            byte[] packet = new byte[RtpPacket.FixedHeaderLength + length];
            RtpPacket.WriteHeader(packet, false, 111, (ushort)i, (uint)(i * Frame), 1);
            payload.AsSpan(0, length).CopyTo(packet.AsSpan(RtpPacket.FixedHeaderLength));
            packets.Add(packet);
        }

        Destroy(encoder);
        return packets;
    }

    private static short SampleAt(long index)
    {
        double time = (double)index / Rate;
        double syllable = Math.Max(0.02, Math.Sin(2 * Math.PI * 2 * time));
        double turns = (110 * time) + (3 * Math.Sin(2 * Math.PI * 0.7 * time));
        double voice = 0;
        for (int harmonic = 1; harmonic <= 25; harmonic++)
            voice += Math.Sin(2 * Math.PI * harmonic * turns) / (1 + Math.Abs(harmonic - 5 - (3 * Math.Sin(5 * time))));
        double noise = ((uint)(index * 2_654_435_761) >> 16) / 32_768.0 - 1;
        return (short)((3000 * syllable * voice) + (600 * noise * (1 - syllable)));
    }

    [LibraryImport(NativeLibraries.Opus, EntryPoint = "opus_encoder_create")]
    private static partial nint Create(int rate, int channels, int application, out int error);

    [LibraryImport(NativeLibraries.Opus, EntryPoint = "opus_encode")]
    private static partial int Encode(nint encoder, ReadOnlySpan<short> pcm, int frameSize, Span<byte> data, int maxBytes);

    [LibraryImport(NativeLibraries.Opus, EntryPoint = "opus_encoder_ctl")]
    private static partial int Control(nint encoder, int request, int value);

    [LibraryImport(NativeLibraries.Opus, EntryPoint = "opus_encoder_destroy")]
    private static partial void Destroy(nint encoder);
}
