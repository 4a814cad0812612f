using Ttm.Rtc.Rtp;

namespace Ttm.Rtc.Tests.Rtp;

/// <summary>Good packets to take apart.</summary>
internal static class RtpPackets
{
    /// <summary>20 ms of fullband mono Opus, as far as the TOC tells.</summary>
    public static readonly byte[] Payload = [0xF8, 1, 2, 3, 4, 5, 6, 7];

    public static byte[] Build(ushort sequenceNumber, uint timestamp, uint ssrc = 0x1234_5678, bool marker = false) =>
        Build(sequenceNumber, timestamp, ssrc, marker, Payload);

    public static byte[] Build(ushort sequenceNumber, uint timestamp, uint ssrc, bool marker, ReadOnlySpan<byte> payload)
    {
        byte[] packet = new byte[RtpPacket.FixedHeaderLength + payload.Length];
        RtpPacket.WriteHeader(packet, marker, 111, sequenceNumber, timestamp, ssrc);
        payload.CopyTo(packet.AsSpan(RtpPacket.FixedHeaderLength));
        return packet;
    }

    /// <summary>What Chromium sends when it probes for bandwidth.</summary>
    public static byte[] BuildPaddingOnly(ushort sequenceNumber, uint timestamp, uint ssrc = 0x1234_5678)
    {
        byte[] packet = Build(sequenceNumber, timestamp, ssrc, false, [0, 0, 0, 4]);
        packet[0] |= 0x20;
        return packet;
    }

    /// <summary>A header with everything: two CSRCs, an extension block of the given form, a payload, three bytes of padding.</summary>
    public static byte[] BuildFull(ushort profile, byte[] elements)
    {
        byte[] packet =
        [
            0xB2, 0xEF, 0x00, 0x07, 0x00, 0x00, 0x03, 0xC0, 0xDE, 0xAD, 0xBE, 0xEF,
            0, 0, 0, 1, 0, 0, 0, 2,
            (byte)(profile >> 8), (byte)profile, 0, (byte)(elements.Length / 4),
            .. elements,
            .. Payload,
            0, 0, 3,
        ];
        return packet;
    }

    public static RtpPacket Parse(byte[] bytes)
    {
        RtpPacket.TryParse(bytes, out var packet).ShouldBeTrue();
        return packet;
    }
}
