using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using Ttm.Rtc;

namespace Ttm.Turn;

/// <summary>
/// Nonces that need no memory: the cookie and security features of RFC 8489 section 9.2, the time of issue, and an HMAC over both and the
/// client's address. One is good for its client and its time alone.
/// <code>
/// obMatJos2 | 4 characters: 24 feature bits | 32 characters: base64 of 8 bytes of time and 16 bytes of HMAC-SHA256
/// </code>
/// </summary>
internal sealed class NonceIssuer
{
    public const int Length = 9 + 4 + 32;
    private const int SealedLength = 24;
    private const int SealLength = 16;
    private readonly byte[] _key = new byte[32];
    private readonly TimeSpan _lifetime;

    public NonceIssuer(TimeSpan lifetime, IRandomness randomness)
    {
        _lifetime = lifetime;
        randomness.Fill(_key);
    }

    /// <summary>Bits 0 and 1 from the left: password algorithms and user name anonymity (RFC 8489 section 18.1).</summary>
    private static ReadOnlySpan<byte> AllFeatures => "obMatJos2wAAA"u8;

    /// <summary>For a client whose USERHASH says nothing here: it shall come with its user name.</summary>
    private static ReadOnlySpan<byte> WithoutAnonymity => "obMatJos2gAAA"u8;

    /// <summary>Writes <see cref="Length"/> characters.</summary>
    public void Write(Span<byte> nonce, in TransportAddress client, Instant now, bool anonymity)
    {
        (anonymity ? AllFeatures : WithoutAnonymity).CopyTo(nonce);
        Span<byte> content = stackalloc byte[SealedLength];
        BinaryPrimitives.WriteInt64BigEndian(content, now.Ticks);
        Seal(nonce[..AllFeatures.Length], content[..8], client, content[8..]);
        Base64.EncodeToUtf8(content, nonce[AllFeatures.Length..], out _, out _);
    }

    public bool IsValid(ReadOnlySpan<byte> nonce, in TransportAddress client, Instant now)
    {
        Span<byte> content = stackalloc byte[SealedLength];
        if (nonce.Length != Length
            || Base64.DecodeFromUtf8(nonce[AllFeatures.Length..], content, out _, out int length) != System.Buffers.OperationStatus.Done
            || length != SealedLength)
        {
            return false;
        }

        Span<byte> expected = stackalloc byte[SealLength];
        Seal(nonce[..AllFeatures.Length], content[..8], client, expected);
        if (!CryptographicOperations.FixedTimeEquals(expected, content[8..]))
            return false;
        var age = now - new Instant(BinaryPrimitives.ReadInt64BigEndian(content));
        return age >= TimeSpan.Zero && age < _lifetime;
    }

    private void Seal(ReadOnlySpan<byte> features, ReadOnlySpan<byte> time, in TransportAddress client, Span<byte> seal)
    {
        Span<byte> input = stackalloc byte[AllFeatures.Length + 8 + 16 + 7];
        features.CopyTo(input);
        time.CopyTo(input[13..]);
        client.WriteIPv6(input[21..]);
        BinaryPrimitives.WriteUInt16BigEndian(input[37..], client.Port);
        input[39] = (byte)client.Kind;
        BinaryPrimitives.WriteUInt32BigEndian(input[40..], client.Flow);
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_key, input, hash);
        hash[..SealLength].CopyTo(seal);
    }
}
