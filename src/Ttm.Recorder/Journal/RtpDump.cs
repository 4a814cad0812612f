using System.Buffers.Binary;

namespace Ttm.Recorder.Journal;

/// <summary>
/// The file format of rtptools' rtpdump, which Wireshark opens. After one line of text and a header of 16 bytes come records, all numbers
/// big-endian:
/// <code>
///  0                   1                   2                   3
///  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |  length, these 8 bytes too    |   RTP length, 0 for RTCP      |
/// |               milliseconds since the start                    |
/// |                  the packet, length − 8 bytes                 |
/// </code>
/// </summary>
internal static class RtpDump
{
    public const int RecordHeaderLength = 8;

    public const int MaxRecordLength = ushort.MaxValue;

    private const int FileHeaderLength = 16;

    private static ReadOnlySpan<byte> Line => "#!rtpplay1.0 0.0.0.0/0\n"u8;

    public static int PreambleLength => Line.Length + FileHeaderLength;

    /// <summary>The text line and the header, whose only meaning is the start, in wall time.</summary>
    public static int WritePreamble(Span<byte> destination, DateTimeOffset start)
    {
        Line.CopyTo(destination);
        Span<byte> header = destination[Line.Length..PreambleLength];
        header.Clear();
        BinaryPrimitives.WriteUInt32BigEndian(header, (uint)start.ToUnixTimeSeconds());
        BinaryPrimitives.WriteUInt32BigEndian(header[4..], (uint)(start.UtcTicks % TimeSpan.TicksPerSecond / TimeSpan.TicksPerMicrosecond));
        return PreambleLength;
    }

    /// <summary>Takes a preamble with any address in its text line, as other programs write it.</summary>
    /// <param name="length">Where the records begin.</param>
    public static bool TryReadPreamble(ReadOnlySpan<byte> source, out int length)
    {
        length = 0;
        int end = source.IndexOf((byte)'\n');
        if (end < 0 || !source.StartsWith("#!rtpplay1.0 "u8) || source.Length < end + 1 + FileHeaderLength)
            return false;
        length = end + 1 + FileHeaderLength;
        return true;
    }

    public static void WriteRecordHeader(Span<byte> destination, int packetLength, bool rtcp, uint milliseconds)
    {
        BinaryPrimitives.WriteUInt16BigEndian(destination, (ushort)(packetLength + RecordHeaderLength));
        BinaryPrimitives.WriteUInt16BigEndian(destination[2..], rtcp ? (ushort)0 : (ushort)packetLength);
        BinaryPrimitives.WriteUInt32BigEndian(destination[4..], milliseconds);
    }

    /// <summary>False where the record is not whole yet, or cannot be one.</summary>
    /// <param name="length">Of header and packet together; 0 where the bytes can never become a record.</param>
    public static bool TryReadRecord(ReadOnlySpan<byte> source, out JournalRecord record, out int length)
    {
        record = default;
        length = RecordHeaderLength;
        if (source.Length < RecordHeaderLength)
            return false;

        length = BinaryPrimitives.ReadUInt16BigEndian(source);
        ushort rtpLength = BinaryPrimitives.ReadUInt16BigEndian(source[2..]);
        if (length < RecordHeaderLength || (rtpLength != 0 && rtpLength < length - RecordHeaderLength))
        {
            length = 0;
            return false;
        }

        if (source.Length < length)
            return false;
        record = new JournalRecord(rtpLength == 0, BinaryPrimitives.ReadUInt32BigEndian(source[4..]), source[RecordHeaderLength..length]);
        return true;
    }
}

/// <summary>One record, as a view over the journal's bytes.</summary>
/// <param name="isRtcp">RTCP, which in our own journals is a <see cref="JournalMark"/>.</param>
/// <param name="milliseconds">When it came, since the recording's start.</param>
internal readonly ref struct JournalRecord(bool isRtcp, uint milliseconds, ReadOnlySpan<byte> packet)
{
    public bool IsRtcp { get; } = isRtcp;

    public uint Milliseconds { get; } = milliseconds;

    public ReadOnlySpan<byte> Packet { get; } = packet;
}
