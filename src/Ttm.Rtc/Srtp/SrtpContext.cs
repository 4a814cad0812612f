using System.Buffers.Binary;
using System.Security.Cryptography;
using Ttm.Rtc.Rtp;

namespace Ttm.Rtc.Srtp;

/// <summary>
/// SRTP and SRTCP for one direction under one master key (RFC 3711, RFC 7714): either protects what is sent or unprotects what came,
/// never both. Up to 8 SSRCs each for RTP and RTCP; no MKI. Works in place, allocates nothing after construction, and belongs to one
/// caller at a time; a disposed context refuses everything.
/// </summary>
public sealed class SrtpContext : IDisposable
{
    /// <summary>The most that protection adds: tag and SRTCP index. Room to leave behind every packet.</summary>
    public const int MaxOverhead = 20;

    private const uint RtcpIndexLimit = 1u << 31;

    private readonly SrtpTransform _transform;
    private readonly SrtpStreamTable _rtpStreams = new();
    private readonly SrtpStreamTable _rtcpStreams = new();
    private bool _isDisposed;

    /// <param name="masterKey">16 bytes.</param>
    /// <param name="masterSalt">12 bytes for AEAD_AES_128_GCM, 14 for AES_CM_128_HMAC_SHA1_80.</param>
    /// <exception cref="ArgumentException">A length is wrong.</exception>
    public SrtpContext(SrtpProfile profile, ReadOnlySpan<byte> masterKey, ReadOnlySpan<byte> masterSalt)
    {
        if (masterKey.Length != SrtpKeyDerivation.KeyLength)
            throw new ArgumentException("The master key is 16 bytes long.", nameof(masterKey));
        if (masterSalt.Length != SrtpKeyDerivation.SaltLength(profile))
            throw new ArgumentException("The master salt has not the profile's length.", nameof(masterSalt));

        Profile = profile;
        _transform = CreateTransform(profile, masterKey, masterSalt);
    }

    public SrtpProfile Profile { get; }

    /// <summary>Bytes that <see cref="TryProtectRtp"/> adds.</summary>
    public int RtpOverhead => _transform.TagLength;

    /// <summary>Bytes that <see cref="TryProtectRtcp"/> adds.</summary>
    public int RtcpOverhead => _transform.TagLength + SrtpTransform.IndexLength;

    /// <summary>
    /// Encrypts and authenticates the RTP packet in <c>buffer[..length]</c> (RFC 3711 section 3.3). False, with nothing to send, for
    /// what is no RTP packet, a buffer without <see cref="RtpOverhead"/> bytes of room, a ninth SSRC, or an index that has been
    /// protected before: two packets under one index would betray both, so a retransmission is the protected bytes sent again.
    /// </summary>
    public bool TryProtectRtp(Span<byte> buffer, int length, out int protectedLength)
    {
        protectedLength = 0;
        if (_isDisposed || length > buffer.Length - RtpOverhead || !RtpPacket.TryGetHeaderLength(buffer[..length], out int headerLength))
            return false;

        uint ssrc = BinaryPrimitives.ReadUInt32BigEndian(buffer[8..]);
        int place = _rtpStreams.Find(ssrc);
        ReplayWindow window = _rtpStreams.Window(place);
        if ((place < 0 && _rtpStreams.IsFull)
            || !PacketIndex.TryEstimate(in window, BinaryPrimitives.ReadUInt16BigEndian(buffer[2..]), out ulong index)
            || !window.IsFresh(index)
            || !_transform.TrySealRtp(buffer[..(length + RtpOverhead)], headerLength, ssrc, index))
            return false;

        _rtpStreams.Accept(place, ssrc, index);
        protectedLength = length + RtpOverhead;
        return true;
    }

    /// <summary>
    /// Checks and decrypts an SRTP packet; the RTP packet is then <c>packet[..length]</c>. After any reason but
    /// <see cref="DropReason.None"/> the bytes behind the header may be spoilt, and neither ROC nor replay window has moved.
    /// </summary>
    public DropReason UnprotectRtp(Span<byte> packet, out int length)
    {
        length = 0;
        if (_isDisposed)
            return DropReason.NoKeys;
        int end = packet.Length - RtpOverhead;
        if (end < RtpPacket.FixedHeaderLength || !RtpPacket.TryGetHeaderLength(packet[..end], out int headerLength))
            return DropReason.MalformedRtp;

        uint ssrc = BinaryPrimitives.ReadUInt32BigEndian(packet[8..]);
        int place = _rtpStreams.Find(ssrc);
        if (place < 0 && _rtpStreams.IsFull)
            return DropReason.TooManyStreams;

        ReplayWindow window = _rtpStreams.Window(place);
        if (!PacketIndex.TryEstimate(in window, BinaryPrimitives.ReadUInt16BigEndian(packet[2..]), out ulong index) || !window.IsFresh(index))
            return DropReason.Replayed;
        if (!_transform.TryOpenRtp(packet, headerLength, ssrc, index))
            return DropReason.BadAuthentication;

        _rtpStreams.Accept(place, ssrc, index);
        length = end;
        return DropReason.None;
    }

    /// <summary>
    /// Encrypts and authenticates the compound RTCP packet in <c>buffer[..length]</c> under the next index of its sender's SSRC
    /// (RFC 3711 section 3.4). False as <see cref="TryProtectRtp"/>, or after 2^31 packets.
    /// </summary>
    public bool TryProtectRtcp(Span<byte> buffer, int length, out int protectedLength)
    {
        protectedLength = 0;
        if (_isDisposed || length > buffer.Length - RtcpOverhead || !IsRtcp(buffer, length))
            return false;

        uint ssrc = BinaryPrimitives.ReadUInt32BigEndian(buffer[4..]);
        int place = _rtcpStreams.Find(ssrc);
        ReplayWindow window = _rtcpStreams.Window(place);
        ulong index = window.HasStarted ? window.Highest + 1 : 0;
        if ((place < 0 && _rtcpStreams.IsFull)
            || index >= RtcpIndexLimit
            || !_transform.TrySealRtcp(buffer[..(length + RtcpOverhead)], ssrc, (uint)index))
            return false;

        _rtcpStreams.Accept(place, ssrc, index);
        protectedLength = length + RtcpOverhead;
        return true;
    }

    /// <summary>As <see cref="UnprotectRtp"/>, for an SRTCP packet.</summary>
    public DropReason UnprotectRtcp(Span<byte> packet, out int length)
    {
        length = 0;
        if (_isDisposed)
            return DropReason.NoKeys;
        int end = packet.Length - RtcpOverhead;
        if (!IsRtcp(packet, end))
            return DropReason.MalformedRtcp;

        // RFC 7714 section 9.3 puts the index behind the tag, RFC 3711 section 3.4 before it.
        uint word = BinaryPrimitives.ReadUInt32BigEndian(
            Profile == SrtpProfile.AeadAes128Gcm ? packet[^SrtpTransform.IndexLength..] : packet[end..]);
        uint index = word & ~SrtpTransform.EncryptedFlag;
        uint ssrc = BinaryPrimitives.ReadUInt32BigEndian(packet[4..]);
        int place = _rtcpStreams.Find(ssrc);
        if (place < 0 && _rtcpStreams.IsFull)
            return DropReason.TooManyStreams;
        if (!_rtcpStreams.Window(place).IsFresh(index))
            return DropReason.Replayed;
        if (!_transform.TryOpenRtcp(packet, ssrc, index, (word & SrtpTransform.EncryptedFlag) != 0))
            return DropReason.BadAuthentication;

        _rtcpStreams.Accept(place, ssrc, index);
        length = end;
        return DropReason.None;
    }

    public void Dispose()
    {
        _isDisposed = true;
        _transform.Dispose();
    }

    private static bool IsRtcp(ReadOnlySpan<byte> packet, int length) =>
        length >= SrtpTransform.RtcpHeaderLength && packet[0] >> 6 == 2;

    private static SrtpTransform CreateTransform(SrtpProfile profile, ReadOnlySpan<byte> masterKey, ReadOnlySpan<byte> masterSalt)
    {
        Span<byte> keys = stackalloc byte[2 * (SrtpKeyDerivation.KeyLength + SrtpKeyDerivation.AuthenticationKeyLength + CounterModeTransform.SaltLength)];
        Span<byte> rest = keys;
        Span<byte> rtpKey = Derive(masterKey, masterSalt, SrtpKeyLabel.RtpEncryption, SrtpKeyDerivation.KeyLength, ref rest);
        Span<byte> rtpSalt = Derive(masterKey, masterSalt, SrtpKeyLabel.RtpSalt, masterSalt.Length, ref rest);
        Span<byte> rtcpKey = Derive(masterKey, masterSalt, SrtpKeyLabel.RtcpEncryption, SrtpKeyDerivation.KeyLength, ref rest);
        Span<byte> rtcpSalt = Derive(masterKey, masterSalt, SrtpKeyLabel.RtcpSalt, masterSalt.Length, ref rest);
        try
        {
            if (profile == SrtpProfile.AeadAes128Gcm)
                return new AeadTransform(rtpKey, rtpSalt, rtcpKey, rtcpSalt);

            const int length = SrtpKeyDerivation.AuthenticationKeyLength;
            Span<byte> rtpAuthentication = Derive(masterKey, masterSalt, SrtpKeyLabel.RtpAuthentication, length, ref rest);
            Span<byte> rtcpAuthentication = Derive(masterKey, masterSalt, SrtpKeyLabel.RtcpAuthentication, length, ref rest);
            return new CounterModeTransform(rtpKey, rtpAuthentication, rtpSalt, rtcpKey, rtcpAuthentication, rtcpSalt);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(keys);
        }
    }

    private static Span<byte> Derive(ReadOnlySpan<byte> masterKey, ReadOnlySpan<byte> masterSalt, SrtpKeyLabel label, int length, scoped ref Span<byte> rest)
    {
        Span<byte> key = rest[..length];
        rest = rest[length..];
        SrtpKeyDerivation.Derive(masterKey, masterSalt, label, key);
        return key;
    }
}
