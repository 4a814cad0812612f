namespace Ttm.Rtc.Srtp;

/// <summary>
/// Encryption and authentication of single packets under session keys, in place. It knows no streams: the caller gives the packet index,
/// and never twice the same for one SSRC (RFC 3711 section 9.1, RFC 7714 section 8.4).
/// </summary>
internal abstract class SrtpTransform : IDisposable
{
    /// <summary>The E flag and the SRTCP index (RFC 3711 section 3.4).</summary>
    internal const int IndexLength = 4;

    /// <summary>The E flag: the packet is encrypted.</summary>
    internal const uint EncryptedFlag = 0x8000_0000;

    /// <summary>The part of an RTCP packet that stays readable: its header and the sender's SSRC.</summary>
    internal const int RtcpHeaderLength = 8;

    /// <summary>Bytes of the authentication tag.</summary>
    internal abstract int TagLength { get; }

    /// <param name="packet">Header, payload and room for the tag.</param>
    /// <param name="index">ROC and sequence number, 48 bits.</param>
    internal abstract bool TrySealRtp(Span<byte> packet, int headerLength, uint ssrc, ulong index);

    /// <param name="packet">Header, payload and tag. The payload is spoilt where the answer is false.</param>
    internal abstract bool TryOpenRtp(Span<byte> packet, int headerLength, uint ssrc, ulong index);

    /// <param name="packet">A compound packet and room for tag and index.</param>
    internal abstract bool TrySealRtcp(Span<byte> packet, uint ssrc, uint index);

    /// <param name="packet">A whole SRTCP packet, of which the caller has read E flag and index. Spoilt where the answer is false.</param>
    internal abstract bool TryOpenRtcp(Span<byte> packet, uint ssrc, uint index, bool isEncrypted);

    /// <summary>Frees the keys.</summary>
    public abstract void Dispose();
}
