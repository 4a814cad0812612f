using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace Ttm.Recorder.Lame;

/// <summary>A whole MP3 as its frames: layer III (ISO/IEC 11172-3 section 2.4, 13818-3), an ID3v2 tag before, an Info tag in the first frame.</summary>
internal sealed class Mp3Stream
{
    private const int Id3HeaderLength = 10;

    private static readonly int[] HighRateKilobits = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0];
    private static readonly int[] LowRateKilobits = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0];
    private static readonly int[] Rates = [44_100, 48_000, 32_000];

    private readonly ReadOnlyMemory<byte> _content;
    private readonly List<int> _starts = [];

    private Mp3Stream(ReadOnlyMemory<byte> content) => _content = content;

    public int SampleRate { get; private set; }

    /// <summary>576 or 1152.</summary>
    public int SamplesPerFrame { get; private set; }

    /// <summary>Frames of sound: the Info tag's own is not among them.</summary>
    public int Frames => _starts.Count - 1;

    public InfoTag Info { get; private set; }

    public ReadOnlyMemory<byte> InfoFrame { get; private set; }

    /// <summary>What a player gives back.</summary>
    public long Samples => ((long)Frames * SamplesPerFrame) - Info.Delay - Info.Padding;

    /// <summary>The bytes of the frames from <paramref name="from"/> to before <paramref name="to"/>.</summary>
    public ReadOnlyMemory<byte> Slice(int from, int to) => _content[_starts[from].._starts[to]];

    /// <param name="problem">What is wrong, to follow the file's name in a sentence.</param>
    public static bool TryParse(ReadOnlyMemory<byte> content, [NotNullWhen(true)] out Mp3Stream? stream, [NotNullWhen(false)] out string? problem)
    {
        stream = null;
        var draft = new Mp3Stream(content);
        problem = draft.Read();
        if (problem is not null)
            return false;
        stream = draft;
        return true;
    }

    private string? Read()
    {
        ReadOnlySpan<byte> bytes = _content.Span;
        int at = SkipTag(bytes);
        bool isFirst = true;
        while (at < bytes.Length)
        {
            if (!TryReadHeader(bytes[at..], out int length, out int rate, out int samples))
                return $"has no MP3 frame at byte {at}, where one should begin";
            if (length > bytes.Length - at)
                return $"is cut off in its last frame, at byte {at}";
            if (isFirst)
            {
                if (!InfoTag.TryRead(bytes.Slice(at, length), out InfoTag info))
                    return "has no Info tag in its first frame";
                (Info, InfoFrame, SampleRate, SamplesPerFrame) = (info, _content.Slice(at, length), rate, samples);
            }
            else if (rate != SampleRate || samples != SamplesPerFrame)
            {
                return $"changes its sample rate at byte {at}";
            }
            else
            {
                _starts.Add(at);
            }

            isFirst = false;
            at += length;
        }

        _starts.Add(at);
        return isFirst ? "holds no MP3 frame" : null;
    }

    private static int SkipTag(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < Id3HeaderLength || !bytes.StartsWith("ID3"u8))
            return 0;
        int length = ((bytes[6] & 0x7F) << 21) | ((bytes[7] & 0x7F) << 14) | ((bytes[8] & 0x7F) << 7) | (bytes[9] & 0x7F);
        return Math.Min(bytes.Length, Id3HeaderLength + length);
    }

    private static bool TryReadHeader(ReadOnlySpan<byte> bytes, out int length, out int rate, out int samples)
    {
        (length, rate, samples) = (0, 0, 0);
        if (bytes.Length < 4)
            return false;
        uint header = BinaryPrimitives.ReadUInt32BigEndian(bytes);
        int version = (int)(header >> 19) & 3;
        int rateIndex = (int)(header >> 10) & 3;
        if (header >> 21 != 0x7FF || version == 1 || ((header >> 17) & 3) != 1 || rateIndex == 3)
            return false;
        bool isMpeg1 = version == 3;
        int kilobits = (isMpeg1 ? HighRateKilobits : LowRateKilobits)[(int)(header >> 12) & 15];
        rate = Rates[rateIndex] >> (version switch { 3 => 0, 2 => 1, _ => 2 });
        samples = isMpeg1 ? 1152 : 576;
        length = (samples / 8 * kilobits * 1000 / rate) + (int)((header >> 9) & 1);
        return kilobits > 0;
    }
}
