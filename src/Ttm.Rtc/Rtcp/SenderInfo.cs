using System.Buffers.Binary;

namespace Ttm.Rtc.Rtcp;

/// <summary>
/// What a sender says of its own stream in an SR (RFC 3550 section 6.4.1).
/// <code>
/// |              NTP timestamp, most significant word             |
/// |             NTP timestamp, least significant word             |
/// |                         RTP timestamp                         |
/// |                     sender's packet count                     |
/// |                      sender's octet count                     |
/// </code>
/// </summary>
/// <param name="Ntp">Wall time of the report.</param>
/// <param name="RtpTimestamp">The same moment on the stream's RTP clock.</param>
/// <param name="PacketCount">Since the stream's first packet; wraps.</param>
/// <param name="OctetCount">Payload bytes without header and padding; wraps.</param>
public readonly record struct SenderInfo(NtpTime Ntp, uint RtpTimestamp, uint PacketCount, uint OctetCount)
{
    public const int Length = 20;

    public static bool TryParse(ReadOnlySpan<byte> bytes, out SenderInfo info)
    {
        info = default;
        if (bytes.Length < Length)
            return false;

        info = new SenderInfo(
            new NtpTime(BinaryPrimitives.ReadUInt64BigEndian(bytes)),
            BinaryPrimitives.ReadUInt32BigEndian(bytes[8..]),
            BinaryPrimitives.ReadUInt32BigEndian(bytes[12..]),
            BinaryPrimitives.ReadUInt32BigEndian(bytes[16..]));
        return true;
    }

    public int Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination, Ntp.Value);
        BinaryPrimitives.WriteUInt32BigEndian(destination[8..], RtpTimestamp);
        BinaryPrimitives.WriteUInt32BigEndian(destination[12..], PacketCount);
        BinaryPrimitives.WriteUInt32BigEndian(destination[16..], OctetCount);
        return Length;
    }
}
