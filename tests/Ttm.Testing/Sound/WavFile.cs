using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Ttm.Testing.Sound;

/// <summary>Sound as 16-bit PCM, channels interleaved.</summary>
public sealed record PcmSound(short[] Samples, int SampleRate, int Channels = 1)
{
    public TimeSpan Duration => TimeSpan.FromSeconds((double)Samples.Length / Channels / SampleRate);

    /// <summary>The channels' mean, as one channel.</summary>
    public PcmSound ToMono()
    {
        if (Channels == 1)
            return this;

        short[] mono = new short[Samples.Length / Channels];
        for (int i = 0; i < mono.Length; i++)
        {
            int sum = 0;
            for (int channel = 0; channel < Channels; channel++)
                sum += Samples[(i * Channels) + channel];
            mono[i] = (short)(sum / Channels);
        }

        return new PcmSound(mono, SampleRate);
    }
}

/// <summary>
/// RIFF/WAVE files of 16-bit PCM: what Chromium takes for its fake microphone and what ffmpeg and MediaRecorder tools write. Little-endian
/// machines only, like all that the tests run on.
/// </summary>
public static class WavFile
{
    private const int HeaderLength = 44;

    public static void Write(string path, PcmSound sound) => File.WriteAllBytes(path, ToBytes(sound));

    public static PcmSound Read(string path) => Parse(File.ReadAllBytes(path));

    public static byte[] ToBytes(PcmSound sound)
    {
        var data = MemoryMarshal.AsBytes(sound.Samples.AsSpan());
        byte[] file = new byte[HeaderLength + data.Length];
        var header = file.AsSpan();
        "RIFF"u8.CopyTo(header);
        BinaryPrimitives.WriteInt32LittleEndian(header[4..], file.Length - 8);
        "WAVEfmt "u8.CopyTo(header[8..]);
        BinaryPrimitives.WriteInt32LittleEndian(header[16..], 16);
        BinaryPrimitives.WriteInt16LittleEndian(header[20..], 1);
        BinaryPrimitives.WriteInt16LittleEndian(header[22..], (short)sound.Channels);
        BinaryPrimitives.WriteInt32LittleEndian(header[24..], sound.SampleRate);
        BinaryPrimitives.WriteInt32LittleEndian(header[28..], sound.SampleRate * sound.Channels * 2);
        BinaryPrimitives.WriteInt16LittleEndian(header[32..], (short)(sound.Channels * 2));
        BinaryPrimitives.WriteInt16LittleEndian(header[34..], 16);
        "data"u8.CopyTo(header[36..]);
        BinaryPrimitives.WriteInt32LittleEndian(header[40..], data.Length);
        data.CopyTo(header[HeaderLength..]);
        return file;
    }

    /// <summary>
    /// Skips chunks it does not know; takes a data chunk whose length is wrong, as of a file written to a pipe, to reach to the end.
    /// </summary>
    /// <exception cref="InvalidDataException">Not a WAVE file of 16-bit PCM.</exception>
    public static PcmSound Parse(ReadOnlySpan<byte> file)
    {
        if (file.Length < 12 || !file[..4].SequenceEqual("RIFF"u8) || !file[8..12].SequenceEqual("WAVE"u8))
            throw new InvalidDataException("Not a RIFF/WAVE file.");

        int rate = 0;
        int channels = 0;
        for (var rest = file[12..]; rest.Length >= 8;)
        {
            uint declared = BinaryPrimitives.ReadUInt32LittleEndian(rest[4..]);
            int length = (int)Math.Min(declared, (uint)(rest.Length - 8));
            var body = rest.Slice(8, length);
            if (rest[..4].SequenceEqual("fmt "u8) && length >= 16)
            {
                channels = BinaryPrimitives.ReadInt16LittleEndian(body[2..]);
                rate = BinaryPrimitives.ReadInt32LittleEndian(body[4..]);
                if (BinaryPrimitives.ReadInt16LittleEndian(body[14..]) != 16)
                    throw new InvalidDataException("Not 16-bit PCM.");
            }
            else if (rest[..4].SequenceEqual("data"u8) && channels > 0)
            {
                return new PcmSound(MemoryMarshal.Cast<byte, short>(body).ToArray(), rate, channels);
            }

            rest = rest[Math.Min(rest.Length, 8 + length + (length & 1))..];
        }

        throw new InvalidDataException("No fmt chunk before a data chunk.");
    }
}
