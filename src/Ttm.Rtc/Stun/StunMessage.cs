using System.Buffers.Binary;

namespace Ttm.Rtc.Stun;

/// <summary>
/// A STUN message, as a view over its bytes (RFC 8489 section 5). Nothing is copied or allocated.
/// <code>
///  0                   1                   2                   3
///  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |0 0|     STUN Message Type     |         Message Length        |
/// |                         Magic Cookie                          |
/// |                     Transaction ID (96 bits)                  |
/// |                                                               |
/// |                                                               |
/// </code>
/// </summary>
public readonly ref struct StunMessage
{
    public const int HeaderLength = 20;
    public const int TransactionIdLength = 12;
    public const uint MagicCookie = 0x2112A442;
    internal const int AttributeHeaderLength = 4;

    private StunMessage(ReadOnlySpan<byte> datagram) => Datagram = datagram;

    /// <summary>The whole message.</summary>
    public ReadOnlySpan<byte> Datagram { get; }

    public StunMethod Method => StunMessageType.Method(BinaryPrimitives.ReadUInt16BigEndian(Datagram));

    public StunClass Class => StunMessageType.Class(BinaryPrimitives.ReadUInt16BigEndian(Datagram));

    /// <summary>12 bytes.</summary>
    public ReadOnlySpan<byte> TransactionId => Datagram.Slice(8, TransactionIdLength);

    public StunAttributeEnumerator Attributes => new(Datagram);

    /// <summary>
    /// False where the first bits, the magic cookie or the length are wrong, where an attribute reaches past the end, or where something
    /// follows FINGERPRINT.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> datagram, out StunMessage message)
    {
        message = default;
        if (datagram.Length < HeaderLength || datagram[0] > 0x3F)
            return false;

        int length = BinaryPrimitives.ReadUInt16BigEndian(datagram[2..]);
        if (length % 4 != 0 || length != datagram.Length - HeaderLength
            || BinaryPrimitives.ReadUInt32BigEndian(datagram[4..]) != MagicCookie)
        {
            return false;
        }

        int offset = HeaderLength;
        while (offset < datagram.Length)
        {
            // The length is a multiple of four and so is every step: a whole attribute header is there.
            int type = BinaryPrimitives.ReadUInt16BigEndian(datagram[offset..]);
            int valueLength = BinaryPrimitives.ReadUInt16BigEndian(datagram[(offset + 2)..]);
            offset += AttributeHeaderLength + Pad(valueLength);
            if (offset > datagram.Length || (type == (int)StunAttribute.Fingerprint && offset != datagram.Length))
                return false;
        }

        message = new StunMessage(datagram);
        return true;
    }

    /// <summary>The value of the first attribute of that type; later ones of the same type are ignored (RFC 8489 section 14).</summary>
    public bool TryGetAttribute(StunAttribute type, out ReadOnlySpan<byte> value)
    {
        bool found = TryFind(type, out var attribute);
        value = attribute.Value;
        return found;
    }

    public bool HasAttribute(StunAttribute type) => TryFind(type, out _);

    /// <summary>USERNAME, UTF-8 (RFC 8489 section 14.3).</summary>
    public bool TryGetUsername(out ReadOnlySpan<byte> username) =>
        TryGetAttribute(StunAttribute.Username, out username) && username.Length is > 0 and <= 508;

    /// <summary>XOR-MAPPED-ADDRESS, XOR-PEER-ADDRESS or XOR-RELAYED-ADDRESS, as a UDP address (RFC 8489 section 14.2).</summary>
    public bool TryGetXorAddress(StunAttribute type, out TransportAddress address)
    {
        address = default;
        return TryGetAttribute(type, out var value) && StunAddress.TryParse(value, Datagram.Slice(4, 16), out address);
    }

    /// <summary>MAPPED-ADDRESS or ALTERNATE-SERVER (RFC 8489 section 14.1).</summary>
    public bool TryGetAddress(StunAttribute type, out TransportAddress address)
    {
        address = default;
        return TryGetAttribute(type, out var value) && StunAddress.TryParse(value, default, out address);
    }

    /// <summary>An attribute of exactly four bytes: PRIORITY, LIFETIME …</summary>
    public bool TryGetUInt32(StunAttribute type, out uint value)
    {
        value = 0;
        if (!TryGetAttribute(type, out var bytes) || bytes.Length != 4)
            return false;
        value = BinaryPrimitives.ReadUInt32BigEndian(bytes);
        return true;
    }

    /// <summary>An attribute of exactly eight bytes: ICE-CONTROLLED, ICE-CONTROLLING.</summary>
    public bool TryGetUInt64(StunAttribute type, out ulong value)
    {
        value = 0;
        if (!TryGetAttribute(type, out var bytes) || bytes.Length != 8)
            return false;
        value = BinaryPrimitives.ReadUInt64BigEndian(bytes);
        return true;
    }

    /// <summary>ERROR-CODE, 300 to 699, and its reason phrase in UTF-8 (RFC 8489 section 14.8).</summary>
    public bool TryGetErrorCode(out StunErrorCode code, out ReadOnlySpan<byte> reason)
    {
        code = StunErrorCode.None;
        reason = default;
        if (!TryGetAttribute(StunAttribute.ErrorCode, out var value) || value.Length < 4)
            return false;

        int hundreds = value[2] & 0x07;
        if (hundreds is < 3 or > 6 || value[3] > 99)
            return false;
        code = (StunErrorCode)((hundreds * 100) + value[3]);
        reason = value[4..];
        return true;
    }

    /// <summary>
    /// Copies the comprehension-required types that are not among <paramref name="known"/>, each once, as many as there is room for
    /// (RFC 8489 section 6.3.1). Returns how many were copied: more than 0 calls for 420.
    /// </summary>
    public int CopyUnknownRequired(scoped ReadOnlySpan<StunAttribute> known, scoped Span<StunAttribute> unknown)
    {
        int count = 0;
        foreach (var attribute in Attributes)
        {
            if ((ushort)attribute.Type >= 0x8000 || known.Contains(attribute.Type) || unknown[..count].Contains(attribute.Type))
                continue;
            if (count == unknown.Length)
                break;
            unknown[count++] = attribute.Type;
        }

        return count;
    }

    /// <summary>True where MESSAGE-INTEGRITY is there and right (RFC 8489 section 14.5).</summary>
    /// <param name="key">The password (short-term), or the 16 or 32 bytes of <see cref="StunLongTermKey"/>.</param>
    public bool VerifyIntegrity(ReadOnlySpan<byte> key) =>
        TryFind(StunAttribute.MessageIntegrity, out var attribute)
        && StunIntegrity.VerifySha1(Datagram, attribute.Offset, attribute.Value, key);

    /// <summary>True where MESSAGE-INTEGRITY-SHA256 is there and right; it may be truncated to 16 bytes (RFC 8489 section 14.6).</summary>
    public bool VerifyIntegritySha256(ReadOnlySpan<byte> key) =>
        TryFind(StunAttribute.MessageIntegritySha256, out var attribute)
        && StunIntegrity.VerifySha256(Datagram, attribute.Offset, attribute.Value, key);

    /// <summary>True where FINGERPRINT is there and right (RFC 8489 section 14.7).</summary>
    public bool VerifyFingerprint() =>
        TryFind(StunAttribute.Fingerprint, out var attribute)
        && attribute.Value.Length == 4
        && BinaryPrimitives.ReadUInt32BigEndian(attribute.Value) == StunFingerprint.Compute(Datagram[..attribute.Offset]);

    internal static int Pad(int length) => (length + 3) & ~3;

    private bool TryFind(StunAttribute type, out StunAttributeView view)
    {
        foreach (var attribute in Attributes)
        {
            if (attribute.Type == type)
            {
                view = attribute;
                return true;
            }
        }

        view = default;
        return false;
    }
}
