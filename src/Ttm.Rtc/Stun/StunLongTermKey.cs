using System.Security.Cryptography;
using System.Text;

namespace Ttm.Rtc.Stun;

/// <summary>The password algorithms of RFC 8489 section 18.5, with their numbers on the wire.</summary>
public enum StunPasswordAlgorithm : ushort
{
    None = 0,
    Md5 = 1,
    Sha256 = 2,
}

/// <summary>
/// Keys of the long-term credential mechanism (RFC 8489 sections 9.2.2, 14.4, 18.5.1). Names and passwords are taken as UTF-8 as they are:
/// OpaqueString preparation (RFC 8265) is the caller's.
/// </summary>
public static class StunLongTermKey
{
    public const int UserHashLength = 32;
    private const int StackLimit = 512;

    /// <summary>MD5 (16 bytes) or SHA-256 (32 bytes) of <c>username:realm:password</c>.</summary>
    public static byte[] Derive(StunPasswordAlgorithm algorithm, string username, string realm, string password)
    {
        byte[] key = new byte[algorithm == StunPasswordAlgorithm.Sha256 ? SHA256.HashSizeInBytes : MD5.HashSizeInBytes];
        Write(algorithm, Encoding.UTF8.GetBytes(username), Encoding.UTF8.GetBytes(realm), Encoding.UTF8.GetBytes(password), key);
        return key;
    }

    /// <summary>The same over UTF-8 bytes, into a buffer of at least 32 bytes. Returns 16 or 32.</summary>
    public static int Write(
        StunPasswordAlgorithm algorithm,
        ReadOnlySpan<byte> username,
        ReadOnlySpan<byte> realm,
        ReadOnlySpan<byte> password,
        Span<byte> key)
    {
        int length = username.Length + realm.Length + password.Length + 2;
        Span<byte> input = length <= StackLimit ? stackalloc byte[length] : new byte[length];
        username.CopyTo(input);
        input[username.Length] = (byte)':';
        realm.CopyTo(input[(username.Length + 1)..]);
        input[username.Length + 1 + realm.Length] = (byte)':';
        password.CopyTo(input[(length - password.Length)..]);
        return algorithm == StunPasswordAlgorithm.Sha256 ? SHA256.HashData(input, key) : MD5.HashData(input, key);
    }

    /// <summary>USERHASH: SHA-256 of <c>username:realm</c>, 32 bytes.</summary>
    public static void WriteUserHash(ReadOnlySpan<byte> username, ReadOnlySpan<byte> realm, Span<byte> hash)
    {
        int length = username.Length + realm.Length + 1;
        Span<byte> input = length <= StackLimit ? stackalloc byte[length] : new byte[length];
        username.CopyTo(input);
        input[username.Length] = (byte)':';
        realm.CopyTo(input[(username.Length + 1)..]);
        SHA256.HashData(input, hash);
    }
}
