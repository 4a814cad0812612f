namespace Ttm.Rtc.Rtp;

/// <summary>The <c>mid</c> of the m-line that a packet belongs to, as a header extension (RFC 8843 section 15.1, RFC 7941).</summary>
public static class MediaIdentification
{
    public const string Uri = "urn:ietf:params:rtp-hdrext:sdes:mid";

    /// <param name="id">The negotiated extension id; 0 where it was not negotiated.</param>
    /// <param name="mid">UTF-8, not terminated.</param>
    public static bool TryGet(in RtpPacket packet, byte id, out ReadOnlySpan<byte> mid) =>
        packet.TryGetExtension(id, out mid) && !mid.IsEmpty;
}
