using System.Buffers.Binary;

namespace Ttm.Rtc.Stun;

/// <summary>One attribute: its type and its value without padding.</summary>
public readonly ref struct StunAttributeView
{
    internal StunAttributeView(StunAttribute type, ReadOnlySpan<byte> value, int offset)
    {
        Type = type;
        Value = value;
        Offset = offset;
    }

    public StunAttribute Type { get; }

    public ReadOnlySpan<byte> Value { get; }

    /// <summary>Where the attribute's header begins, in bytes from the start of the message.</summary>
    internal int Offset { get; }
}

/// <summary>
/// Walks the attributes of a parsed message in wire order. What follows MESSAGE-INTEGRITY is passed over, but for
/// MESSAGE-INTEGRITY-SHA256 and FINGERPRINT; what follows MESSAGE-INTEGRITY-SHA256, but for FINGERPRINT (RFC 8489 sections 14.5, 14.6).
/// </summary>
public ref struct StunAttributeEnumerator
{
    private readonly ReadOnlySpan<byte> _message;
    private int _next;
    private bool _afterIntegrity;
    private bool _afterSha256;

    internal StunAttributeEnumerator(ReadOnlySpan<byte> message)
    {
        _message = message;
        _next = StunMessage.HeaderLength;
    }

    public StunAttributeView Current { get; private set; }

    public readonly StunAttributeEnumerator GetEnumerator() => this;

    public bool MoveNext()
    {
        while (_next < _message.Length)
        {
            int offset = _next;
            var type = (StunAttribute)BinaryPrimitives.ReadUInt16BigEndian(_message[offset..]);
            int length = BinaryPrimitives.ReadUInt16BigEndian(_message[(offset + 2)..]);
            _next = offset + StunMessage.AttributeHeaderLength + StunMessage.Pad(length);
            if (IsIgnored(type))
                continue;

            _afterIntegrity |= type == StunAttribute.MessageIntegrity;
            _afterSha256 |= type == StunAttribute.MessageIntegritySha256;
            Current = new StunAttributeView(type, _message.Slice(offset + StunMessage.AttributeHeaderLength, length), offset);
            return true;
        }

        return false;
    }

    private readonly bool IsIgnored(StunAttribute type)
    {
        if (_afterSha256)
            return type != StunAttribute.Fingerprint;
        return _afterIntegrity && type is not (StunAttribute.MessageIntegritySha256 or StunAttribute.Fingerprint);
    }
}
