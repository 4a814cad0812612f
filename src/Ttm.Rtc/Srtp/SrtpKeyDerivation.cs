using Ttm.Rtc.OpenSsl;

namespace Ttm.Rtc.Srtp;

/// <summary>What a session key is for (RFC 3711 section 4.3.2).</summary>
internal enum SrtpKeyLabel : byte
{
    RtpEncryption = 0,
    RtpAuthentication = 1,
    RtpSalt = 2,
    RtcpEncryption = 3,
    RtcpAuthentication = 4,
    RtcpSalt = 5,
}

/// <summary>
/// Session keys out of the master key, with a key derivation rate of 0 (RFC 3711 section 4.3.1, the AES-CM PRF of section 4.3.3).
/// RFC 7714 section 11 uses the same function with its 12-byte salt, filled up with zeros at the end.
/// </summary>
internal static class SrtpKeyDerivation
{
    internal const int KeyLength = 16;
    internal const int AuthenticationKeyLength = 20;

    internal static int SaltLength(SrtpProfile profile) => profile switch
    {
        SrtpProfile.AeadAes128Gcm => AeadTransform.SaltLength,
        SrtpProfile.AesCm128HmacSha1_80 => CounterModeTransform.SaltLength,
        _ => throw new ArgumentOutOfRangeException(nameof(profile)),
    };

    internal static void Derive(ReadOnlySpan<byte> masterKey, ReadOnlySpan<byte> masterSalt, SrtpKeyLabel label, Span<byte> sessionKey)
    {
        using var cipher = EvpCipherContext.CreateAes128Counter(masterKey);

        // x = key_id XOR master_salt, right-aligned in 112 bits, where key_id = label || r and r, the index divided by the rate, is 0 in
        // 48 bits. IV = x * 2^16.
        Span<byte> iv = stackalloc byte[16];
        iv.Clear();
        masterSalt.CopyTo(iv);
        iv[7] ^= (byte)label;

        sessionKey.Clear();
        if (!cipher.TryApplyKeystream(iv, sessionKey))
            throw OpenSslError.ToException(nameof(LibCrypto.EVP_CipherUpdate));
    }
}
