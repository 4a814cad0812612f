using Ttm.Rtc.Rtp;

namespace Ttm.Rtc.Tests;

public sealed class RtpPacketTests
{
    [Fact]
    public void TryParse_EveryTruncationOfAHeader_IsRefused()
    {
        byte[] packet = new byte[RtpPacket.FixedHeaderLength];
        RtpPacket.WriteHeader(packet, true, 111, 7, 960, 0xDEADBEEF);
        for (int length = 0; length < packet.Length; length++)
            RtpPacket.TryParse(packet.AsSpan(0, length), out _).ShouldBeFalse();

        RtpPacket.TryParse(packet, out var parsed).ShouldBeTrue();
        parsed.Marker.ShouldBeTrue();
        parsed.SequenceNumber.ShouldBe((ushort)7);
        parsed.Timestamp.ShouldBe(960u);
        parsed.Ssrc.ShouldBe(0xDEADBEEF);
    }
}
