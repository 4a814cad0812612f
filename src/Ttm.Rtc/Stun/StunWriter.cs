using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Ttm.Rtc.Stun;

/// <summary>
/// Writes a STUN message into a buffer; the mirror of <see cref="StunMessage"/>. The header's length is right after every call, so that the
/// integrity attributes and FINGERPRINT are computed as they are written; write them last, in this order. Where the buffer is too small
/// nothing throws: <see cref="Length"/> becomes 0 and stays so.
/// </summary>
public ref struct StunWriter
{
    private readonly Span<byte> _buffer;
    private int _length;

    /// <param name="transactionId">12 bytes.</param>
    public StunWriter(Span<byte> buffer, StunMethod method, StunClass messageClass, scoped ReadOnlySpan<byte> transactionId)
    {
        _buffer = buffer;
        if (buffer.Length < StunMessage.HeaderLength || transactionId.Length != StunMessage.TransactionIdLength)
            return;

        BinaryPrimitives.WriteUInt16BigEndian(buffer, StunMessageType.Of(method, messageClass));
        BinaryPrimitives.WriteUInt32BigEndian(buffer[4..], StunMessage.MagicCookie);
        transactionId.CopyTo(buffer[8..]);
        SetLength(StunMessage.HeaderLength);
    }

    /// <summary>Bytes of the message so far; 0 where the buffer was too small.</summary>
    public readonly int Length => _length;

    public void Write(StunAttribute type, scoped ReadOnlySpan<byte> value)
    {
        if (TryReserve(type, value.Length, out var destination))
            value.CopyTo(destination);
    }

    /// <summary>An attribute without a value: USE-CANDIDATE, DONT-FRAGMENT.</summary>
    public void WriteFlag(StunAttribute type) => TryReserve(type, 0, out _);

    public void WriteUInt32(StunAttribute type, uint value)
    {
        if (TryReserve(type, 4, out var destination))
            BinaryPrimitives.WriteUInt32BigEndian(destination, value);
    }

    public void WriteUInt64(StunAttribute type, ulong value)
    {
        if (TryReserve(type, 8, out var destination))
            BinaryPrimitives.WriteUInt64BigEndian(destination, value);
    }

    /// <summary>XOR-MAPPED-ADDRESS, XOR-PEER-ADDRESS, XOR-RELAYED-ADDRESS.</summary>
    public void WriteXorAddress(StunAttribute type, in TransportAddress address)
    {
        Span<byte> value = stackalloc byte[StunAddress.MaxLength];
        if (_length > 0)
            Write(type, value[..StunAddress.Write(value, address, _buffer.Slice(4, 16))]);
    }

    /// <summary>MAPPED-ADDRESS, ALTERNATE-SERVER.</summary>
    public void WriteAddress(StunAttribute type, in TransportAddress address)
    {
        Span<byte> value = stackalloc byte[StunAddress.MaxLength];
        Write(type, value[..StunAddress.Write(value, address, default)]);
    }

    /// <summary>ERROR-CODE with the reason phrase that its RFC recommends.</summary>
    public void WriteErrorCode(StunErrorCode code) => WriteErrorCode(code, StunReasonPhrase.Of(code));

    public void WriteErrorCode(StunErrorCode code, scoped ReadOnlySpan<byte> reason)
    {
        if (!TryReserve(StunAttribute.ErrorCode, 4 + reason.Length, out var destination))
            return;
        destination[0] = 0;
        destination[1] = 0;
        destination[2] = (byte)((int)code / 100);
        destination[3] = (byte)((int)code % 100);
        reason.CopyTo(destination[4..]);
    }

    /// <summary>UNKNOWN-ATTRIBUTES, for 420.</summary>
    public void WriteUnknownAttributes(scoped ReadOnlySpan<StunAttribute> types)
    {
        if (!TryReserve(StunAttribute.UnknownAttributes, types.Length * 2, out var destination))
            return;
        for (int i = 0; i < types.Length; i++)
            BinaryPrimitives.WriteUInt16BigEndian(destination[(i * 2)..], (ushort)types[i]);
    }

    /// <summary>MESSAGE-INTEGRITY. <paramref name="key"/> as for <see cref="StunMessage.VerifyIntegrity"/>.</summary>
    public void WriteMessageIntegrity(scoped ReadOnlySpan<byte> key)
    {
        int before = _length;
        if (TryReserve(StunAttribute.MessageIntegrity, StunIntegrity.Sha1Length, out var destination))
            HMACSHA1.HashData(key, _buffer[..before], destination);
    }

    /// <summary>MESSAGE-INTEGRITY-SHA256, not truncated.</summary>
    public void WriteMessageIntegritySha256(scoped ReadOnlySpan<byte> key)
    {
        int before = _length;
        if (TryReserve(StunAttribute.MessageIntegritySha256, StunIntegrity.Sha256Length, out var destination))
            HMACSHA256.HashData(key, _buffer[..before], destination);
    }

    public void WriteFingerprint()
    {
        int before = _length;
        if (TryReserve(StunAttribute.Fingerprint, 4, out var destination))
            BinaryPrimitives.WriteUInt32BigEndian(destination, StunFingerprint.Compute(_buffer[..before]));
    }

    private bool TryReserve(StunAttribute type, int length, out Span<byte> value)
    {
        value = default;
        int end = _length + StunMessage.AttributeHeaderLength + StunMessage.Pad(length);
        if (_length == 0 || length > ushort.MaxValue || end > _buffer.Length || end - StunMessage.HeaderLength > ushort.MaxValue)
        {
            _length = 0;
            return false;
        }

        BinaryPrimitives.WriteUInt16BigEndian(_buffer[_length..], (ushort)type);
        BinaryPrimitives.WriteUInt16BigEndian(_buffer[(_length + 2)..], (ushort)length);
        value = _buffer.Slice(_length + StunMessage.AttributeHeaderLength, length);
        _buffer[(_length + StunMessage.AttributeHeaderLength + length)..end].Clear();
        SetLength(end);
        return true;
    }

    private void SetLength(int length)
    {
        _length = length;
        BinaryPrimitives.WriteUInt16BigEndian(_buffer[2..], (ushort)(length - StunMessage.HeaderLength));
    }
}
