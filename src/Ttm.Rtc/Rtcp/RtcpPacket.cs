using System.Buffers.Binary;

namespace Ttm.Rtc.Rtcp;

/// <summary>
/// One packet of a compound, as a view (RFC 3550 section 6.4).
/// <code>
///  0                   1                   2                   3
///  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |V=2|P|  count  |      PT       |             length            |
/// </code>
/// </summary>
public readonly ref struct RtcpPacket
{
    public const int HeaderLength = 4;

    private RtcpPacket(ReadOnlySpan<byte> whole, int paddingLength)
    {
        Whole = whole;
        Body = whole[HeaderLength..^paddingLength];
    }

    /// <summary>Header, body and padding.</summary>
    public ReadOnlySpan<byte> Whole { get; }

    /// <summary>What stands between header and padding.</summary>
    public ReadOnlySpan<byte> Body { get; }

    public RtcpPacketType Type => (RtcpPacketType)Whole[1];

    /// <summary>The five bits that are a count of reports, chunks or sources, or the format (FMT) of feedback.</summary>
    public int Count => Whole[0] & 0x1F;

    public bool HasPadding => (Whole[0] & 0x20) != 0;

    /// <summary>Reads the packet at the start of <paramref name="bytes"/>; false where version, type, length or padding cannot be.</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out RtcpPacket packet)
    {
        packet = default;

        // RFC 5761 section 4: with RTP on the same port, RTCP has the types 192 to 223.
        if (bytes.Length < HeaderLength || bytes[0] >> 6 != 2 || bytes[1] is < 192 or > 223)
            return false;

        int length = (BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]) + 1) * 4;
        if (length > bytes.Length)
            return false;

        var whole = bytes[..length];
        int paddingLength = 0;
        if ((bytes[0] & 0x20) != 0)
        {
            // RFC 3550 section 6.4.1: padding counts itself and is a multiple of four.
            paddingLength = whole[^1];
            if (paddingLength == 0 || paddingLength % 4 != 0 || paddingLength > length - HeaderLength)
                return false;
        }

        packet = new RtcpPacket(whole, paddingLength);
        return true;
    }

    internal static void WriteHeader(Span<byte> destination, int count, RtcpPacketType type, int length)
    {
        destination[0] = (byte)(0x80 | count);
        destination[1] = (byte)type;
        BinaryPrimitives.WriteUInt16BigEndian(destination[2..], (ushort)((length / 4) - 1));
    }
}
