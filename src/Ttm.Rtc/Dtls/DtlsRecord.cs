using System.Buffers.Binary;

namespace Ttm.Rtc.Dtls;

/// <summary>
/// A DTLS 1.2 record, as a view (RFC 6347 section 4.1): type (1), version (2), epoch (2), sequence number (6), length (2), fragment.
/// A datagram holds one or more of them.
/// </summary>
internal readonly ref struct DtlsRecord
{
    internal const int HeaderLength = 13;

    /// <summary>Epoch and sequence number are 8 bytes from here.</summary>
    internal const int EpochOffset = 3;

    internal const byte Handshake = 22;

    // The explicit nonce and the tag of AES-GCM (RFC 5288 section 3), which every suite we allow uses.
    private const int GcmOverhead = 8 + 16;

    private const byte FirstType = 20;
    private const byte LastType = 23;

    private DtlsRecord(ReadOnlySpan<byte> bytes) => Bytes = bytes;

    /// <summary>Header and fragment.</summary>
    internal ReadOnlySpan<byte> Bytes { get; }

    internal byte Type => Bytes[0];

    internal ushort Epoch => BinaryPrimitives.ReadUInt16BigEndian(Bytes[EpochOffset..]);

    /// <summary>48 bits.</summary>
    internal ulong SequenceNumber => BinaryPrimitives.ReadUInt64BigEndian(Bytes[EpochOffset..]) & 0xFFFF_FFFF_FFFF;

    /// <summary>Reads the first record and leaves the rest; false where a type, the version or the length is impossible.</summary>
    internal static bool TryRead(ref ReadOnlySpan<byte> rest, out DtlsRecord record)
    {
        record = default;
        if (rest.Length < HeaderLength || rest[0] is < FirstType or > LastType || rest[1] != 0xFE)
            return false;

        int length = HeaderLength + BinaryPrimitives.ReadUInt16BigEndian(rest[11..]);
        if (length > rest.Length)
            return false;

        record = new DtlsRecord(rest[..length]);
        rest = rest[length..];
        return true;
    }

    /// <summary>
    /// True for one or more records and nothing else. An encrypted record too short for its own nonce and tag is refused here, because
    /// OpenSSL 3.0 ends the association over it, though anybody could have sent it.
    /// </summary>
    internal static bool AreWellFormed(ReadOnlySpan<byte> datagram, out bool hasEncryptedHandshake)
    {
        hasEncryptedHandshake = false;
        if (datagram.IsEmpty)
            return false;
        while (!datagram.IsEmpty)
        {
            if (!TryRead(ref datagram, out DtlsRecord record) || (record.Epoch > 0 && record.Bytes.Length < HeaderLength + GcmOverhead))
                return false;
            hasEncryptedHandshake |= record.Type == Handshake && record.Epoch > 0;
        }

        return true;
    }
}
