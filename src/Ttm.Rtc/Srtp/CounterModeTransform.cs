using System.Buffers.Binary;
using System.Security.Cryptography;
using Ttm.Rtc.OpenSsl;

namespace Ttm.Rtc.Srtp;

/// <summary>
/// AES_CM_128_HMAC_SHA1_80: AES in counter mode (RFC 3711 section 4.1.1) and a tag of the first 80 bits of HMAC-SHA1 (section 4.2.1).
/// IV = (salt * 2^16) XOR (SSRC * 2^64) XOR (index * 2^16).
/// </summary>
internal sealed class CounterModeTransform : SrtpTransform
{
    internal const int SaltLength = 14;

    private const int BlockLength = 16;

    private readonly EvpCipherContext _rtpCipher;
    private readonly EvpCipherContext _rtcpCipher;
    private readonly EvpMacContext _rtpMac;
    private readonly EvpMacContext _rtcpMac;

    // Padded to a block: the low 16 bits count blocks and start at 0.
    private readonly byte[] _rtpSalt = new byte[BlockLength];
    private readonly byte[] _rtcpSalt = new byte[BlockLength];

    internal CounterModeTransform(
        ReadOnlySpan<byte> rtpKey,
        ReadOnlySpan<byte> rtpAuthenticationKey,
        ReadOnlySpan<byte> rtpSalt,
        ReadOnlySpan<byte> rtcpKey,
        ReadOnlySpan<byte> rtcpAuthenticationKey,
        ReadOnlySpan<byte> rtcpSalt)
    {
        _rtpCipher = EvpCipherContext.CreateAes128Counter(rtpKey);
        _rtcpCipher = EvpCipherContext.CreateAes128Counter(rtcpKey);
        _rtpMac = EvpMacContext.CreateHmacSha1(rtpAuthenticationKey);
        _rtcpMac = EvpMacContext.CreateHmacSha1(rtcpAuthenticationKey);
        rtpSalt.CopyTo(_rtpSalt);
        rtcpSalt.CopyTo(_rtcpSalt);
    }

    internal override int TagLength => 10;

    public override void Dispose()
    {
        _rtpCipher.Dispose();
        _rtcpCipher.Dispose();
        _rtpMac.Dispose();
        _rtcpMac.Dispose();
    }

    internal override bool TrySealRtp(Span<byte> packet, int headerLength, uint ssrc, ulong index)
    {
        int end = packet.Length - TagLength;
        Span<byte> hash = stackalloc byte[EvpMacContext.HashLength];
        if (!TryApplyKeystream(_rtpCipher, _rtpSalt, ssrc, index, packet[headerLength..end]) || !TryHashRtp(packet[..end], index, hash))
            return false;

        hash[..TagLength].CopyTo(packet[end..]);
        return true;
    }

    internal override bool TryOpenRtp(Span<byte> packet, int headerLength, uint ssrc, ulong index)
    {
        int end = packet.Length - TagLength;
        Span<byte> hash = stackalloc byte[EvpMacContext.HashLength];
        return TryHashRtp(packet[..end], index, hash)
            && CryptographicOperations.FixedTimeEquals(hash[..TagLength], packet[end..])
            && TryApplyKeystream(_rtpCipher, _rtpSalt, ssrc, index, packet[headerLength..end]);
    }

    internal override bool TrySealRtcp(Span<byte> packet, uint ssrc, uint index)
    {
        // RFC 3711 section 3.4: the E flag and the index stand before the tag, which covers them.
        int end = packet.Length - TagLength - IndexLength;
        BinaryPrimitives.WriteUInt32BigEndian(packet[end..], EncryptedFlag | index);
        Span<byte> hash = stackalloc byte[EvpMacContext.HashLength];
        if (!TryApplyKeystream(_rtcpCipher, _rtcpSalt, ssrc, index, packet[RtcpHeaderLength..end])
            || !_rtcpMac.TryCompute(packet[..^TagLength], default, hash))
            return false;

        hash[..TagLength].CopyTo(packet[^TagLength..]);
        return true;
    }

    internal override bool TryOpenRtcp(Span<byte> packet, uint ssrc, uint index, bool isEncrypted)
    {
        int end = packet.Length - TagLength - IndexLength;
        Span<byte> hash = stackalloc byte[EvpMacContext.HashLength];
        return _rtcpMac.TryCompute(packet[..^TagLength], default, hash)
            && CryptographicOperations.FixedTimeEquals(hash[..TagLength], packet[^TagLength..])
            && (!isEncrypted || TryApplyKeystream(_rtcpCipher, _rtcpSalt, ssrc, index, packet[RtcpHeaderLength..end]));
    }

    private static bool TryApplyKeystream(EvpCipherContext cipher, ReadOnlySpan<byte> salt, uint ssrc, ulong index, Span<byte> data)
    {
        Span<byte> iv = stackalloc byte[BlockLength];
        BinaryPrimitives.WriteUInt64BigEndian(iv, BinaryPrimitives.ReadUInt64BigEndian(salt) ^ ssrc);
        BinaryPrimitives.WriteUInt64BigEndian(iv[8..], BinaryPrimitives.ReadUInt64BigEndian(salt[8..]) ^ (index << 16));
        return cipher.TryApplyKeystream(iv, data);
    }

    /// <summary>RFC 3711 section 4.2: the tag covers the packet and, behind it, the ROC.</summary>
    private bool TryHashRtp(ReadOnlySpan<byte> packet, ulong index, Span<byte> hash)
    {
        Span<byte> roc = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(roc, (uint)(index >> 16));
        return _rtpMac.TryCompute(packet, roc, hash);
    }
}
