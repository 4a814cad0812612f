using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Ttm.Rtc;
using Ttm.Rtc.Stun;

namespace Ttm.Turn;

/// <summary>What goes into an <c>RTCIceServer</c>.</summary>
public sealed record TurnCredential(string Username, string Password, DateTimeOffset ExpiresAt);

/// <summary>
/// Who may allocate: the long-term users of the configuration, and TURN REST credentials (draft-uberti-behave-turn-rest): the user name is
/// <c>expiry:user</c> in Unix seconds, the password base64(HMAC-SHA1(secret, username)). Minting is safe from every thread.
/// </summary>
public sealed class TurnCredentials
{
    internal const int MaxPasswordLength = 512;

    // USERHASH cannot be turned round: the names minted here are remembered, these many, until they expire.
    private const int MaxRemembered = 32_768;

    private readonly byte[] _secret;
    private readonly byte[] _realm;
    private readonly TimeSpan _lifetime;
    private readonly Dictionary<string, byte[]> _users;
    private readonly Dictionary<UserHash, byte[]> _usersByHash = [];
    private readonly ConcurrentDictionary<UserHash, byte[]> _mintedByHash = new();
    private readonly ConcurrentQueue<(UserHash Hash, DateTimeOffset ExpiresAt)> _minted = new();

    public TurnCredentials(TurnOptions options, IRandomness randomness)
    {
        _realm = Encoding.UTF8.GetBytes(options.Realm);
        _lifetime = options.CredentialLifetime;
        _secret = Encoding.UTF8.GetBytes(options.Secret);
        if (_secret.Length == 0)
            randomness.Fill(_secret = new byte[32]);
        _users = options.Users.ToDictionary(user => user.Key, user => Encoding.UTF8.GetBytes(user.Value));
        foreach (string name in _users.Keys)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(name);
            _usersByHash[HashOf(bytes)] = bytes;
        }
    }

    /// <summary>Credentials for one user, good from <paramref name="now"/> for <see cref="TurnOptions.CredentialLifetime"/>.</summary>
    /// <param name="user">Whom quotas count; at most 128 characters.</param>
    public TurnCredential Mint(string user, DateTimeOffset now)
    {
        var expiresAt = DateTimeOffset.FromUnixTimeSeconds((now + _lifetime).ToUnixTimeSeconds());
        string username = string.Create(CultureInfo.InvariantCulture, $"{expiresAt.ToUnixTimeSeconds()}:{user}");
        byte[] bytes = Encoding.UTF8.GetBytes(username);
        Remember(bytes, expiresAt, now);
        return new TurnCredential(username, Convert.ToBase64String(HMACSHA1.HashData(_secret, bytes)), expiresAt);
    }

    /// <summary>The password of a user name, as UTF-8, and whether its time is over. False where there is no such user.</summary>
    internal bool TryGetPassword(ReadOnlySpan<byte> username, DateTimeOffset now, Span<byte> password, out int length, out bool expired)
    {
        expired = false;
        if (TryGetUser(username, out byte[] known))
        {
            known.CopyTo(password);
            length = known.Length;
            return true;
        }

        length = 0;
        if (!TryParseExpiry(username, out long expiry))
            return false;
        expired = now.ToUnixTimeSeconds() >= expiry;
        Span<byte> hash = stackalloc byte[HMACSHA1.HashSizeInBytes];
        HMACSHA1.HashData(_secret, username, hash);
        return Base64.EncodeToUtf8(hash, password, out _, out length) == System.Buffers.OperationStatus.Done;
    }

    /// <summary>The user name behind a USERHASH: of a configured user, or one that was minted here.</summary>
    internal bool TryGetUsername(ReadOnlySpan<byte> userHash, out ReadOnlySpan<byte> username)
    {
        username = default;
        if (userHash.Length != StunLongTermKey.UserHashLength)
            return false;
        var hash = new UserHash(userHash);
        if (!_usersByHash.TryGetValue(hash, out byte[]? name) && !_mintedByHash.TryGetValue(hash, out name))
            return false;
        username = name;
        return true;
    }

    /// <summary>Whom quotas count: the part after the first colon of a REST user name, else the whole name.</summary>
    internal static string UserOf(ReadOnlySpan<byte> username)
    {
        int colon = TryParseExpiry(username, out _) ? username.IndexOf((byte)':') : -1;
        var user = username[(colon + 1)..];
        return Encoding.UTF8.GetString(user.IsEmpty ? username : user);
    }

    private static bool TryParseExpiry(ReadOnlySpan<byte> username, out long expiry)
    {
        int colon = username.IndexOf((byte)':');
        var digits = colon < 0 ? username : username[..colon];
        expiry = 0;
        return digits.Length is > 0 and <= 12
            && Utf8Parser.TryParse(digits, out expiry, out int used)
            && used == digits.Length
            && expiry >= 0;
    }

    private bool TryGetUser(ReadOnlySpan<byte> username, out byte[] password)
    {
        password = [];
        Span<char> name = stackalloc char[512];
        return _users.Count > 0
            && Encoding.UTF8.TryGetChars(username, name, out int length)
            && _users.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(name[..length], out password!);
    }

    private void Remember(byte[] username, DateTimeOffset expiresAt, DateTimeOffset now)
    {
        // Minted in order of time, so the oldest expire first.
        while (_minted.TryPeek(out var oldest) && (oldest.ExpiresAt <= now || _minted.Count >= MaxRemembered))
        {
            if (_minted.TryDequeue(out oldest))
                _mintedByHash.TryRemove(oldest.Hash, out _);
        }

        var hash = HashOf(username);
        if (_mintedByHash.TryAdd(hash, username))
            _minted.Enqueue((hash, expiresAt));
    }

    private UserHash HashOf(ReadOnlySpan<byte> username)
    {
        Span<byte> hash = stackalloc byte[StunLongTermKey.UserHashLength];
        StunLongTermKey.WriteUserHash(username, _realm, hash);
        return new UserHash(hash);
    }
}
