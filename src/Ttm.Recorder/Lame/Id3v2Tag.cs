using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Ttm.Recorder.Lame;

/// <summary>What a player shows of a recording.</summary>
internal sealed record Id3v2Tag(string Title, string? Teacher, string Student, string Lesson, int Sequence, DateTimeOffset Date)
{
    private const int HeaderLength = 10;

    /// <summary>
    /// The tag as ID3v2.3.0, the version every player reads; text is UTF-16 with a byte order mark. Frames: TIT2 title, TPE1 teacher, TALB lesson,
    /// TRCK sequence, TYER, TDAT and TIME the date in UTC, and the three names again as TXXX under their own words.
    /// </summary>
    public byte[] ToBytes()
    {
        using var frames = new MemoryStream();
        Text(frames, "TIT2", Title);
        if (Teacher is not null)
            Text(frames, "TPE1", Teacher);
        Text(frames, "TALB", Lesson);
        Text(frames, "TRCK", Sequence.ToString(CultureInfo.InvariantCulture));
        Text(frames, "TYER", Date.UtcDateTime.ToString("yyyy", CultureInfo.InvariantCulture));
        Text(frames, "TDAT", Date.UtcDateTime.ToString("ddMM", CultureInfo.InvariantCulture));
        Text(frames, "TIME", Date.UtcDateTime.ToString("HHmm", CultureInfo.InvariantCulture));
        UserText(frames, "lesson", Lesson);
        if (Teacher is not null)
            UserText(frames, "teacher", Teacher);
        if (Student.Length > 0)
            UserText(frames, "student", Student);

        byte[] tag = new byte[HeaderLength + frames.Length];
        "ID3"u8.CopyTo(tag);
        tag[3] = 3;
        WriteSynchsafe(tag.AsSpan(6), (int)frames.Length);
        frames.ToArray().CopyTo(tag, HeaderLength);
        return tag;
    }

    private static void Text(MemoryStream frames, string id, string value) => Frame(frames, id, [1, .. Utf16(value)]);

    private static void UserText(MemoryStream frames, string description, string value) =>
        Frame(frames, "TXXX", [1, .. Utf16(description), 0, 0, .. Utf16(value)]);

    private static byte[] Utf16(string value) => [0xFF, 0xFE, .. Encoding.Unicode.GetBytes(value)];

    private static void Frame(MemoryStream frames, string id, byte[] content)
    {
        Span<byte> header = stackalloc byte[HeaderLength];
        header.Clear();
        Encoding.ASCII.GetBytes(id, header);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], content.Length);
        frames.Write(header);
        frames.Write(content);
    }

    /// <summary>28 bits in four bytes of seven (ID3v2.3.0 section 3.1).</summary>
    private static void WriteSynchsafe(Span<byte> destination, int value)
    {
        for (int i = 0; i < 4; i++)
            destination[i] = (byte)((value >> (21 - (7 * i))) & 0x7F);
    }
}
