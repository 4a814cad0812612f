using System.Buffers.Binary;

namespace Ttm.Rtc.Rtp;

/// <summary>
/// An RTP packet, as a view over its bytes (RFC 3550 section 5.1).
/// <code>
///  0                   1                   2                   3
///  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |V=2|P|X|  CC   |M|     PT      |       sequence number         |
/// |                           timestamp                           |
/// |           synchronization source (SSRC) identifier            |
/// |            contributing source (CSRC) identifiers             |
/// |                             ....                              |
/// </code>
/// </summary>
public readonly ref struct RtpPacket
{
    public const int FixedHeaderLength = 12;

    private RtpPacket(ReadOnlySpan<byte> datagram, int headerLength, int extensionOffset, int paddingLength)
    {
        Datagram = datagram;
        HeaderLength = headerLength;
        ExtensionOffset = extensionOffset;
        PaddingLength = paddingLength;
    }

    /// <summary>The whole packet: header, payload and padding.</summary>
    public ReadOnlySpan<byte> Datagram { get; }

    /// <summary>Fixed header, CSRCs and extension block, in bytes.</summary>
    public int HeaderLength { get; }

    /// <summary>Bytes of padding at the end, with the counting byte.</summary>
    public int PaddingLength { get; }

    public bool Marker => (Datagram[1] & 0x80) != 0;

    public byte PayloadType => (byte)(Datagram[1] & 0x7F);

    public ushort SequenceNumber => BinaryPrimitives.ReadUInt16BigEndian(Datagram[2..]);

    public uint Timestamp => BinaryPrimitives.ReadUInt32BigEndian(Datagram[4..]);

    public uint Ssrc => BinaryPrimitives.ReadUInt32BigEndian(Datagram[8..]);

    public ReadOnlySpan<byte> Payload => Datagram[HeaderLength..^PaddingLength];

    /// <summary>"defined by profile", which tells one-byte from two-byte extensions (RFC 8285 section 4); 0 where there is no extension.</summary>
    public ushort ExtensionProfile => ExtensionOffset == 0 ? (ushort)0 : BinaryPrimitives.ReadUInt16BigEndian(Datagram[(ExtensionOffset - 4)..]);

    /// <summary>The elements of the extension block, unparsed (RFC 8285 sections 4.2, 4.3).</summary>
    public ReadOnlySpan<byte> Extensions => ExtensionOffset == 0 ? default : Datagram[ExtensionOffset..HeaderLength];

    private int ExtensionOffset { get; }

    /// <summary>
    /// Where the payload begins, found from the header alone. Good for a packet whose payload is still encrypted, in which the padding
    /// count cannot be read yet.
    /// </summary>
    public static bool TryGetHeaderLength(ReadOnlySpan<byte> datagram, out int headerLength) =>
        TryParseHeader(datagram, out headerLength, out _);

    /// <summary>Reads a decrypted packet; false where lengths do not fit or the version is not 2.</summary>
    public static bool TryParse(ReadOnlySpan<byte> datagram, out RtpPacket packet)
    {
        packet = default;
        if (!TryParseHeader(datagram, out int headerLength, out int extensionOffset))
            return false;

        int paddingLength = 0;
        if ((datagram[0] & 0x20) != 0)
        {
            // RFC 3550 section 5.1: the last octet counts the padding, itself included.
            paddingLength = datagram.Length > headerLength ? datagram[^1] : 0;
            if (paddingLength == 0 || paddingLength > datagram.Length - headerLength)
                return false;
        }

        packet = new RtpPacket(datagram, headerLength, extensionOffset, paddingLength);
        return true;
    }

    /// <summary>Finds an element of the extension block, of the one-byte or the two-byte form (RFC 8285); the first where there are more.</summary>
    /// <param name="id">The negotiated id; 0 finds nothing.</param>
    public bool TryGetExtension(byte id, out ReadOnlySpan<byte> data)
    {
        foreach (var extension in new RtpExtensionReader(ExtensionProfile, Extensions))
        {
            if (extension.Id == id)
            {
                data = extension.Data;
                return true;
            }
        }

        data = default;
        return false;
    }

    /// <summary>Writes the fixed header, 12 bytes, with no padding, extension or CSRC. Returns 12.</summary>
    public static int WriteHeader(Span<byte> destination, bool marker, byte payloadType, ushort sequenceNumber, uint timestamp, uint ssrc)
    {
        destination[0] = 0x80;
        destination[1] = (byte)((marker ? 0x80 : 0) | (payloadType & 0x7F));
        BinaryPrimitives.WriteUInt16BigEndian(destination[2..], sequenceNumber);
        BinaryPrimitives.WriteUInt32BigEndian(destination[4..], timestamp);
        BinaryPrimitives.WriteUInt32BigEndian(destination[8..], ssrc);
        return FixedHeaderLength;
    }

    private static bool TryParseHeader(ReadOnlySpan<byte> datagram, out int headerLength, out int extensionOffset)
    {
        headerLength = 0;
        extensionOffset = 0;
        if (datagram.Length < FixedHeaderLength || datagram[0] >> 6 != 2)
            return false;

        int length = FixedHeaderLength + ((datagram[0] & 0x0F) * 4);
        if ((datagram[0] & 0x10) != 0)
        {
            if (datagram.Length < length + 4)
                return false;
            extensionOffset = length + 4;
            length = extensionOffset + (BinaryPrimitives.ReadUInt16BigEndian(datagram[(length + 2)..]) * 4);
        }

        headerLength = length;
        return datagram.Length >= length;
    }
}
