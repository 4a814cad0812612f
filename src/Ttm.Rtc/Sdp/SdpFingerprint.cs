namespace Ttm.Rtc.Sdp;

/// <summary>The hash of a DTLS certificate (RFC 8122 section 5).</summary>
/// <param name="Algorithm"><c>sha-256</c>, <c>sha-384</c> or <c>sha-512</c>.</param>
/// <param name="Value">Pairs of upper-case hex digits between colons.</param>
public sealed record SdpFingerprint(string Algorithm, string Value)
{
    public static SdpFingerprint FromHash(string algorithm, ReadOnlySpan<byte> hash)
    {
        Span<char> text = stackalloc char[hash.Length * 3];
        for (int i = 0; i < hash.Length; i++)
        {
            hash[i].TryFormat(text[(i * 3)..], out _, "X2");
            text[(i * 3) + 2] = ':';
        }

        return new SdpFingerprint(algorithm, new string(text[..^1]));
    }

    /// <summary>Reads <c>sha-256 AB:CD:…</c>; false for other algorithms and wrong lengths.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out SdpFingerprint? fingerprint)
    {
        fingerprint = null;
        int space = text.IndexOf(' ');
        if (space < 0)
            return false;

        string algorithm = text[..space].ToString().ToLowerInvariant();
        var value = text[(space + 1)..].Trim();
        int bytes = algorithm switch { "sha-256" => 32, "sha-384" => 48, "sha-512" => 64, _ => 0 };
        if (bytes == 0 || value.Length != (bytes * 3) - 1)
            return false;

        for (int i = 0; i < value.Length; i++)
        {
            if (i % 3 == 2 ? value[i] != ':' : !char.IsAsciiHexDigit(value[i]))
                return false;
        }

        fingerprint = new SdpFingerprint(algorithm, value.ToString().ToUpperInvariant());
        return true;
    }

    /// <summary>The hash as bytes: 32, 48 or 64.</summary>
    public byte[] ToBytes() => Convert.FromHexString(Value.Replace(":", "", StringComparison.Ordinal));

    /// <summary>As in <c>a=fingerprint:</c>.</summary>
    public override string ToString() => $"{Algorithm} {Value}";
}
