using System.Security.Cryptography;

namespace Ttm.Rtc.Srtp;

/// <summary>Master keys and salts for both directions, out of a DTLS handshake (RFC 5764 section 4.2). Dispose wipes them.</summary>
public sealed class SrtpKeys : IDisposable
{
    private readonly byte[] _material;
    private readonly int _saltLength;
    private readonly bool _isClient;

    /// <param name="material">Client key, server key, client salt, server salt, as exported.</param>
    /// <param name="isClient">Whether we were the DTLS client, the active end.</param>
    internal SrtpKeys(SrtpProfile profile, ReadOnlySpan<byte> material, bool isClient)
    {
        Profile = profile;
        _material = material.ToArray();
        _saltLength = SrtpKeyDerivation.SaltLength(profile);
        _isClient = isClient;
    }

    public SrtpProfile Profile { get; }

    public ReadOnlySpan<byte> LocalKey => Key(_isClient ? 0 : 1);

    public ReadOnlySpan<byte> LocalSalt => Salt(_isClient ? 0 : 1);

    public ReadOnlySpan<byte> RemoteKey => Key(_isClient ? 1 : 0);

    public ReadOnlySpan<byte> RemoteSalt => Salt(_isClient ? 1 : 0);

    /// <summary>For what we send.</summary>
    public SrtpContext CreateSender() => new(Profile, LocalKey, LocalSalt);

    /// <summary>For what the peer sends.</summary>
    public SrtpContext CreateReceiver() => new(Profile, RemoteKey, RemoteSalt);

    public void Dispose() => CryptographicOperations.ZeroMemory(_material);

    internal static int MaterialLength(SrtpProfile profile) => 2 * (SrtpKeyDerivation.KeyLength + SrtpKeyDerivation.SaltLength(profile));

    private ReadOnlySpan<byte> Key(int place) => _material.AsSpan(place * SrtpKeyDerivation.KeyLength, SrtpKeyDerivation.KeyLength);

    private ReadOnlySpan<byte> Salt(int place) =>
        _material.AsSpan((2 * SrtpKeyDerivation.KeyLength) + (place * _saltLength), _saltLength);
}
