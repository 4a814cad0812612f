using System.Buffers.Binary;

namespace Ttm.Rtc.Stun;

/// <summary>
/// The value of an address attribute (RFC 8489 sections 14.1, 14.2). In the XOR form the port and the address are combined with the magic
/// cookie and transaction ID, so that no NAT rewrites them.
/// <code>
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |0 0 0 0 0 0 0 0|    Family     |           Port                |
/// |                Address (32 bits or 128 bits)                  |
/// </code>
/// </summary>
public static class StunAddress
{
    public const int MaxLength = 20;
    private const byte FamilyIPv4 = 1;
    private const byte FamilyIPv6 = 2;

    /// <param name="value">The attribute's value.</param>
    /// <param name="mask">Magic cookie and transaction ID, 16 bytes; empty for the plain form.</param>
    public static bool TryParse(ReadOnlySpan<byte> value, ReadOnlySpan<byte> mask, out TransportAddress address)
    {
        address = default;
        if (value.Length < 4)
            return false;

        int length = value[1] switch { FamilyIPv4 => 4, FamilyIPv6 => 16, _ => -1 };
        if (value.Length != 4 + length)
            return false;

        Span<byte> bytes = stackalloc byte[2 + 16];
        Mask(value[2..4], mask, bytes);
        Mask(value[4..], mask, bytes[2..]);
        ushort port = BinaryPrimitives.ReadUInt16BigEndian(bytes);
        address = length == 4
            ? TransportAddress.FromIPv4(BinaryPrimitives.ReadUInt32BigEndian(bytes[2..]), port)
            : TransportAddress.FromIPv6(bytes[2..], port);
        return true;
    }

    /// <summary>Writes 8 or 20 bytes and returns how many.</summary>
    public static int Write(Span<byte> value, in TransportAddress address, ReadOnlySpan<byte> mask)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.WriteIPv6(bytes);
        if (address.IsIPv4)
            bytes = bytes[12..];

        Span<byte> port = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(port, address.Port);
        value[0] = 0;
        value[1] = address.IsIPv4 ? FamilyIPv4 : FamilyIPv6;
        Mask(port, mask, value[2..]);
        Mask(bytes, mask, value[4..]);
        return 4 + bytes.Length;
    }

    private static void Mask(ReadOnlySpan<byte> source, ReadOnlySpan<byte> mask, Span<byte> destination)
    {
        for (int i = 0; i < source.Length; i++)
            destination[i] = (byte)(source[i] ^ (mask.IsEmpty ? 0 : mask[i]));
    }
}
