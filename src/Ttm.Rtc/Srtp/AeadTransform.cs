using System.Buffers.Binary;
using Ttm.Rtc.OpenSsl;

namespace Ttm.Rtc.Srtp;

/// <summary>
/// AEAD_AES_128_GCM (RFC 7714). The IV of 12 bytes, for SRTP (section 8.1) and for SRTCP (section 9.1, whose index fills the low 31 bits):
/// <code>
///   0  0  0  0  0  0  0  0  0  0  1  1
///   0  1  2  3  4  5  6  7  8  9  0  1
/// +--+--+--+--+--+--+--+--+--+--+--+--+
/// |00|00|    SSRC   |  packet index   |  XOR salt
/// +--+--+--+--+--+--+--+--+--+--+--+--+
/// </code>
/// </summary>
internal sealed class AeadTransform : SrtpTransform
{
    internal const int SaltLength = 12;

    private readonly EvpCipherContext _rtp;
    private readonly EvpCipherContext _rtcp;
    private readonly byte[] _rtpSalt;
    private readonly byte[] _rtcpSalt;

    internal AeadTransform(ReadOnlySpan<byte> rtpKey, ReadOnlySpan<byte> rtpSalt, ReadOnlySpan<byte> rtcpKey, ReadOnlySpan<byte> rtcpSalt)
    {
        _rtp = EvpCipherContext.CreateAes128Gcm(rtpKey);
        _rtcp = EvpCipherContext.CreateAes128Gcm(rtcpKey);
        _rtpSalt = rtpSalt.ToArray();
        _rtcpSalt = rtcpSalt.ToArray();
    }

    internal override int TagLength => 16;

    public override void Dispose()
    {
        _rtp.Dispose();
        _rtcp.Dispose();
    }

    internal override bool TrySealRtp(Span<byte> packet, int headerLength, uint ssrc, ulong index)
    {
        Span<byte> iv = stackalloc byte[SaltLength];
        WriteIv(iv, _rtpSalt, ssrc, index);
        int end = packet.Length - TagLength;
        return _rtp.TrySeal(iv, packet[..headerLength], default, packet[headerLength..end], packet[end..]);
    }

    internal override bool TryOpenRtp(Span<byte> packet, int headerLength, uint ssrc, ulong index)
    {
        Span<byte> iv = stackalloc byte[SaltLength];
        WriteIv(iv, _rtpSalt, ssrc, index);
        int end = packet.Length - TagLength;
        return _rtp.TryOpen(iv, packet[..headerLength], default, packet[headerLength..end], packet[end..]);
    }

    internal override bool TrySealRtcp(Span<byte> packet, uint ssrc, uint index)
    {
        // RFC 7714 section 9.3: the E flag and the index end the packet, behind the tag, and are associated data.
        Span<byte> iv = stackalloc byte[SaltLength];
        WriteIv(iv, _rtcpSalt, ssrc, index);
        Span<byte> word = packet[^IndexLength..];
        BinaryPrimitives.WriteUInt32BigEndian(word, EncryptedFlag | index);
        int end = packet.Length - IndexLength - TagLength;
        return _rtcp.TrySeal(iv, packet[..RtcpHeaderLength], word, packet[RtcpHeaderLength..end], packet[end..^IndexLength]);
    }

    internal override bool TryOpenRtcp(Span<byte> packet, uint ssrc, uint index, bool isEncrypted)
    {
        Span<byte> iv = stackalloc byte[SaltLength];
        WriteIv(iv, _rtcpSalt, ssrc, index);
        int end = packet.Length - IndexLength - TagLength;

        // RFC 7714 section 9.2: of an unencrypted packet everything is associated data.
        int readable = isEncrypted ? RtcpHeaderLength : end;
        return _rtcp.TryOpen(iv, packet[..readable], packet[^IndexLength..], packet[readable..end], packet[end..^IndexLength]);
    }

    private static void WriteIv(Span<byte> iv, ReadOnlySpan<byte> salt, uint ssrc, ulong index)
    {
        ulong high = BinaryPrimitives.ReadUInt64BigEndian(salt) ^ ((ulong)ssrc << 16) ^ (index >> 32);
        uint low = BinaryPrimitives.ReadUInt32BigEndian(salt[8..]) ^ (uint)index;
        BinaryPrimitives.WriteUInt64BigEndian(iv, high);
        BinaryPrimitives.WriteUInt32BigEndian(iv[8..], low);
    }
}
