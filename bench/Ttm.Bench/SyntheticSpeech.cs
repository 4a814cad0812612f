using System.Runtime.InteropServices;
using Ttm.Rtc;
using Ttm.Rtc.Rtp;

namespace Ttm.Bench;

/// <summary>What a browser sends while nobody speaks.</summary>
internal enum Pause
{
    /// <summary>Packets of digital silence: the microphone is muted.</summary>
    Muted,

    /// <summary>A room's noise with <c>usedtx=1</c>: a packet now and then (RFC 6716 section 2.1.9).</summary>
    Discontinuous,
}

/// <summary>Packets as a browser sends them (Opus 32 kbit/s with in-band FEC, 20 ms) of something like speech: voiced syllables with noise between.</summary>
internal static partial class SyntheticSpeech
{
    /// <summary>Timestamps from one packet to the next.</summary>
    public const int Frame = 960;

    private const int Rate = 48_000;
    private const int Voip = 2048;
    private const double Turn = 5;

    /// <summary>RTP packets, 50 for each second where nothing pauses.</summary>
    /// <param name="silence">The share of silence, at the end of every five seconds.</param>
    public static List<byte[]> Packets(int seconds, double silence = 0, Pause pause = Pause.Muted)
    {
        NativeLibraries.Register(typeof(SyntheticSpeech).Assembly);
        nint encoder = Create(Rate, 1, Voip, out _);
        _ = Control(encoder, 4002, 32_000);
        _ = Control(encoder, 4012, 1);
        _ = Control(encoder, 4014, 10);
        _ = Control(encoder, 4016, pause == Pause.Discontinuous ? 1 : 0);
        ushort sequence = 0;
        List<byte[]> packets = [];
        short[] pcm = new short[Frame];
        byte[] payload = new byte[1275];
        for (int i = 0; i < seconds * 50; i++)
        {
            for (int k = 0; k < Frame; k++)
                pcm[k] = SampleAt((long)i * Frame + k, silence, pause);
            int length = Encode(encoder, pcm, Frame, payload, payload.Length);

            // What DTX leaves of a packet, no browser sends.
            if (length <= 2)
                continue;
            byte[] packet = new byte[RtpPacket.FixedHeaderLength + length];
            RtpPacket.WriteHeader(packet, false, 111, sequence++, (uint)(i * Frame), 1);
            payload.AsSpan(0, length).CopyTo(packet.AsSpan(RtpPacket.FixedHeaderLength));
            packets.Add(packet);
        }

        Destroy(encoder);
        return packets;
    }

    private static short SampleAt(long index, double silence, Pause pause)
    {
        double time = (double)index / Rate;
        if (time % Turn >= Turn * (1 - silence))
            return pause == Pause.Muted ? (short)0 : (short)((Hash((uint)index) % 41) - 20);
        double syllable = Math.Max(0.02, Math.Sin(2 * Math.PI * 2 * time));
        double turns = (110 * time) + (3 * Math.Sin(2 * Math.PI * 0.7 * time));
        double voice = 0;
        for (int harmonic = 1; harmonic <= 25; harmonic++)
            voice += Math.Sin(2 * Math.PI * harmonic * turns) / (1 + Math.Abs(harmonic - 5 - (3 * Math.Sin(5 * time))));
        double noise = ((uint)(index * 2_654_435_761) >> 16) / 32_768.0 - 1;
        return (short)((3000 * syllable * voice) + (600 * noise * (1 - syllable)));
    }

    /// <summary>White noise: what has a tone in it is no room's noise to Opus, and never pauses.</summary>
    private static uint Hash(uint value)
    {
        value = (value ^ (value >> 16)) * 0x7FEB_352D;
        value = (value ^ (value >> 15)) * 0x846C_A68B;
        return value ^ (value >> 16);
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
