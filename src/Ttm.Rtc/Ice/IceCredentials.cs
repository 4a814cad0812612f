using System.Buffers;

namespace Ttm.Rtc.Ice;

/// <summary>The short-term credentials of one end and one ICE generation (RFC 8445 section 5.3, RFC 8839 section 5.4).</summary>
/// <param name="Ufrag">4 to 256 ice-chars.</param>
/// <param name="Password">22 to 256 ice-chars.</param>
public sealed record IceCredentials(string Ufrag, string Password)
{
    private const int UfragLength = 8;
    private const int PasswordLength = 24;
    private const string IceChars = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    private static readonly SearchValues<char> IceCharSet = SearchValues.Create(IceChars);

    /// <summary>48 random bits of ufrag, which is also the key that finds the session; 144 of password.</summary>
    public static IceCredentials Generate(IRandomness randomness)
    {
        Span<byte> bytes = stackalloc byte[UfragLength + PasswordLength];
        randomness.Fill(bytes);
        Span<char> chars = stackalloc char[bytes.Length];
        for (int i = 0; i < bytes.Length; i++)
            chars[i] = IceChars[bytes[i] & 0x3F];
        return new IceCredentials(new string(chars[..UfragLength]), new string(chars[UfragLength..]));
    }

    /// <summary>False where a length or a character is not what RFC 8839 section 5.4 allows.</summary>
    public static bool TryCreate(string? ufrag, string? password, out IceCredentials? credentials)
    {
        credentials = IsIceChars(ufrag, 4) && IsIceChars(password, 22) ? new IceCredentials(ufrag!, password!) : null;
        return credentials is not null;
    }

    /// <summary>The ufrag alone: a password does not belong in a log.</summary>
    public override string ToString() => Ufrag;

    private static bool IsIceChars(string? text, int minimum) =>
        text is { Length: <= 256 } && text.Length >= minimum && text.AsSpan().IndexOfAnyExcept(IceCharSet) < 0;
}
