using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;

namespace Ttm.Rtc.Dtls;

/// <summary>
/// The hash of a certificate's DER form, as SDP writes it: <c>sha-256 4A:AD:B9:…</c> (RFC 8122 section 5). Hash functions other than
/// SHA-256, SHA-384 and SHA-512 are kept but match no certificate.
/// </summary>
public sealed class DtlsFingerprint
{
    private const int MaxHashLength = 64;

    private readonly byte[] _hash;

    private DtlsFingerprint(string algorithm, byte[] hash)
    {
        Algorithm = algorithm;
        _hash = hash;
    }

    /// <summary>The hash function's name in lower case, such as <c>sha-256</c>.</summary>
    public string Algorithm { get; }

    public ReadOnlySpan<byte> Hash => _hash;

    /// <summary>Of a hash function that is known, and as long as its hashes are: a certificate may match.</summary>
    public bool IsUsable => _hash.Length == Algorithm switch
    {
        "sha-256" => SHA256.HashSizeInBytes,
        "sha-384" => SHA384.HashSizeInBytes,
        "sha-512" => SHA512.HashSizeInBytes,
        _ => 0,
    };

    /// <summary>SHA-256 over the DER form.</summary>
    public static DtlsFingerprint Of(ReadOnlySpan<byte> certificate) => new("sha-256", SHA256.HashData(certificate));

    /// <summary>Reads the value of <c>a=fingerprint</c>: a hash function's name, a space, pairs of hexadecimal digits between colons.</summary>
    public static bool TryParse(ReadOnlySpan<char> value, [NotNullWhen(true)] out DtlsFingerprint? fingerprint)
    {
        fingerprint = null;
        value = value.Trim();
        int space = value.IndexOf(' ');
        if (space <= 0)
            return false;

        ReadOnlySpan<char> digits = value[(space + 1)..].TrimStart();
        int count = (digits.Length + 1) / 3;
        if (count == 0 || count > MaxHashLength || digits.Length != (count * 3) - 1)
            return false;

        byte[] hash = new byte[count];
        for (int i = 0; i < count; i++)
        {
            if (!byte.TryParse(digits.Slice(i * 3, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out hash[i])
                || (i > 0 && digits[(i * 3) - 1] != ':'))
                return false;
        }

        fingerprint = new DtlsFingerprint(value[..space].ToString().ToLowerInvariant(), hash);
        return true;
    }

    /// <summary>The value of <c>a=fingerprint</c>.</summary>
    public override string ToString() => $"{Algorithm} {BitConverter.ToString(_hash).Replace('-', ':')}";

    internal bool Matches(ReadOnlySpan<byte> certificate)
    {
        Span<byte> hash = stackalloc byte[MaxHashLength];
        int length = Algorithm switch
        {
            "sha-256" => SHA256.HashData(certificate, hash),
            "sha-384" => SHA384.HashData(certificate, hash),
            "sha-512" => SHA512.HashData(certificate, hash),
            _ => 0,
        };
        return length > 0 && CryptographicOperations.FixedTimeEquals(hash[..length], _hash);
    }
}
