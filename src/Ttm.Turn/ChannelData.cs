using System.Buffers.Binary;

namespace Ttm.Turn;

/// <summary>
/// ChannelData (RFC 8656 section 12.4).
/// <code>
///  0                   1                   2                   3
///  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |         Channel Number        |            Length             |
/// |                       Application Data                        |
/// </code>
/// </summary>
internal static class ChannelData
{
    public const int HeaderLength = 4;
    public const ushort FirstNumber = 0x4000;

    /// <summary>RFC 8656 ends at 0x4FFF; clients of RFC 5766, such as coturn's tools, draw from the whole old range.</summary>
    public const ushort LastNumber = 0x7FFF;

    /// <summary>False where the data is cut short, or where more than its padding follows.</summary>
    public static bool TryParse(Span<byte> datagram, out ushort number, out Span<byte> payload)
    {
        number = 0;
        payload = default;
        if (datagram.Length < HeaderLength)
            return false;
        number = BinaryPrimitives.ReadUInt16BigEndian(datagram);
        int length = BinaryPrimitives.ReadUInt16BigEndian(datagram[2..]);
        int padded = (length + 3) & ~3;
        if (number is < FirstNumber or > LastNumber || HeaderLength + length > datagram.Length || HeaderLength + padded < datagram.Length)
            return false;
        payload = datagram.Slice(HeaderLength, length);
        return true;
    }

    /// <summary>Without padding. Returns the length, 0 where there is no room.</summary>
    public static int Write(Span<byte> destination, ushort number, ReadOnlySpan<byte> payload)
    {
        if (payload.Length > ushort.MaxValue || HeaderLength + payload.Length > destination.Length)
            return 0;
        BinaryPrimitives.WriteUInt16BigEndian(destination, number);
        BinaryPrimitives.WriteUInt16BigEndian(destination[2..], (ushort)payload.Length);
        payload.CopyTo(destination[HeaderLength..]);
        return HeaderLength + payload.Length;
    }
}
