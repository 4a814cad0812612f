using System.Buffers.Binary;
using Ttm.Rtc.Rtp;
using Ttm.Rtc.Srtp;

namespace Ttm.Rtc.Tests.Srtp;

/// <summary>Packets and keys for the SRTP tests.</summary>
internal static class SrtpPackets
{
    internal static readonly byte[] Key = [.. Enumerable.Range(1, 16).Select(i => (byte)(i * 7))];

    internal static TheoryData<SrtpProfile> Profiles => [SrtpProfile.AeadAes128Gcm, SrtpProfile.AesCm128HmacSha1_80];

    internal static byte[] Salt(SrtpProfile profile) =>
        [.. Enumerable.Range(1, profile == SrtpProfile.AeadAes128Gcm ? 12 : 14).Select(i => (byte)(i * 13))];

    internal static SrtpContext Context(SrtpProfile profile) => new(profile, Key, Salt(profile));

    internal static Libsrtp Libsrtp(SrtpProfile profile, bool sends) => new(profile, Key, Salt(profile), sends);

    internal static byte[] Rtp(uint ssrc, ushort sequenceNumber, int payloadLength = 60)
    {
        byte[] packet = new byte[RtpPacket.FixedHeaderLength + payloadLength];
        RtpPacket.WriteHeader(packet, false, 111, sequenceNumber, sequenceNumber * 960u, ssrc);
        for (int i = RtpPacket.FixedHeaderLength; i < packet.Length; i++)
            packet[i] = (byte)(i * 31 + sequenceNumber);
        return packet;
    }

    /// <summary>With 0–15 CSRCs, sometimes an extension block, and 0–1200 bytes of payload.</summary>
    internal static byte[] RandomRtp(Random random, uint ssrc, ushort sequenceNumber)
    {
        int csrcs = random.Next(3) == 0 ? random.Next(16) : 0;
        int extensionWords = random.Next(2) == 0 ? random.Next(5) : -1;
        int header = RtpPacket.FixedHeaderLength + (csrcs * 4) + (extensionWords < 0 ? 0 : 4 + (extensionWords * 4));
        byte[] packet = new byte[header + random.Next(1200)];
        random.NextBytes(packet);
        RtpPacket.WriteHeader(packet, random.Next(2) == 0, 111, sequenceNumber, (uint)random.Next(), ssrc);
        packet[0] |= (byte)(csrcs | (extensionWords < 0 ? 0 : 0x10));
        if (extensionWords >= 0)
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(RtpPacket.FixedHeaderLength + (csrcs * 4) + 2), (ushort)extensionWords);
        return packet;
    }

    internal static byte[] Rtcp(uint ssrc, int reportWords = 5)
    {
        byte[] packet = new byte[8 + (reportWords * 4)];
        packet[0] = 0x80;
        packet[1] = 200;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)(1 + reportWords));
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(4), ssrc);
        for (int i = 8; i < packet.Length; i++)
            packet[i] = (byte)i;
        return packet;
    }

    internal static byte[] SealRtp(this SrtpContext sender, byte[] packet)
    {
        byte[] buffer = [.. packet, .. new byte[SrtpContext.MaxOverhead]];
        sender.TryProtectRtp(buffer, packet.Length, out int length).ShouldBeTrue();
        return buffer[..length];
    }

    internal static byte[] SealRtcp(this SrtpContext sender, byte[] packet)
    {
        byte[] buffer = [.. packet, .. new byte[SrtpContext.MaxOverhead]];
        sender.TryProtectRtcp(buffer, packet.Length, out int length).ShouldBeTrue();
        return buffer[..length];
    }

    /// <summary>Works on a copy: a test may try the same bytes again.</summary>
    internal static DropReason OpenRtp(this SrtpContext receiver, byte[] packet, out byte[] plain)
    {
        byte[] copy = [.. packet];
        DropReason reason = receiver.UnprotectRtp(copy, out int length);
        plain = copy[..length];
        return reason;
    }

    internal static DropReason OpenRtcp(this SrtpContext receiver, byte[] packet, out byte[] plain)
    {
        byte[] copy = [.. packet];
        DropReason reason = receiver.UnprotectRtcp(copy, out int length);
        plain = copy[..length];
        return reason;
    }
}
