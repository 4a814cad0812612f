using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Ttm.Rtc.Stun;

/// <summary>The HMACs of RFC 8489 sections 14.5 and 14.6, by one-shot calls that allocate nothing.</summary>
internal static class StunIntegrity
{
    public const int Sha1Length = 20;
    public const int Sha256Length = 32;
    private const int StackLimit = 2048;

    public static bool VerifySha1(ReadOnlySpan<byte> message, int offset, ReadOnlySpan<byte> expected, ReadOnlySpan<byte> key) =>
        expected.Length == Sha1Length && Verify(message, offset, expected, key, sha256: false);

    public static bool VerifySha256(ReadOnlySpan<byte> message, int offset, ReadOnlySpan<byte> expected, ReadOnlySpan<byte> key) =>
        expected.Length is >= 16 and <= Sha256Length && expected.Length % 4 == 0 && Verify(message, offset, expected, key, sha256: true);

    private static bool Verify(ReadOnlySpan<byte> message, int offset, ReadOnlySpan<byte> expected, ReadOnlySpan<byte> key, bool sha256)
    {
        byte[]? rented = offset > StackLimit ? ArrayPool<byte>.Shared.Rent(offset) : null;
        Span<byte> input = (rented ?? stackalloc byte[StackLimit])[..offset];
        message[..offset].CopyTo(input);

        // The hash is over a header whose length ends with the integrity attribute itself, whatever follows.
        int length = offset + StunMessage.AttributeHeaderLength + expected.Length - StunMessage.HeaderLength;
        BinaryPrimitives.WriteUInt16BigEndian(input[2..], (ushort)length);
        Span<byte> actual = stackalloc byte[Sha256Length];
        int hashed = sha256 ? HMACSHA256.HashData(key, input, actual) : HMACSHA1.HashData(key, input, actual);
        if (rented is not null)
            ArrayPool<byte>.Shared.Return(rented);
        return CryptographicOperations.FixedTimeEquals(actual[..Math.Min(hashed, expected.Length)], expected);
    }
}
