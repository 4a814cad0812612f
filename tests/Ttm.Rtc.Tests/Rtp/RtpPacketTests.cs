using Ttm.Rtc.Rtp;
using Ttm.Testing;

namespace Ttm.Rtc.Tests.Rtp;

public sealed class RtpPacketTests
{
    private static readonly byte[] Full = RtpPackets.BuildFull(RtpExtensionReader.OneByteProfile, [0x10, (byte)'0', 0x50, 0x85]);

    [Fact]
    public void TryParse_EveryTruncationOfAHeader_IsRefused()
    {
        byte[] packet = new byte[RtpPacket.FixedHeaderLength];
        RtpPacket.WriteHeader(packet, true, 111, 7, 960, 0xDEADBEEF).ShouldBe(12);
        foreach (byte[] cut in Mutations.Truncations(packet))
            RtpPacket.TryParse(cut, out _).ShouldBeFalse();

        RtpPacket.TryParse(packet, out var parsed).ShouldBeTrue();
        parsed.Marker.ShouldBeTrue();
        parsed.PayloadType.ShouldBe((byte)111);
        parsed.SequenceNumber.ShouldBe((ushort)7);
        parsed.Timestamp.ShouldBe(960u);
        parsed.Ssrc.ShouldBe(0xDEADBEEF);
        parsed.Payload.IsEmpty.ShouldBeTrue();
    }

    [Fact]
    public void TryParse_CsrcsExtensionAndPadding_FindsThePayload()
    {
        RtpPacket.TryParse(Full, out var packet).ShouldBeTrue();

        packet.HeaderLength.ShouldBe(12 + 8 + 4 + 4);
        packet.PaddingLength.ShouldBe(3);
        packet.Payload.ToArray().ShouldBe(RtpPackets.Payload);
        packet.ExtensionProfile.ShouldBe(RtpExtensionReader.OneByteProfile);
        packet.Extensions.Length.ShouldBe(4);
        RtpPacket.TryGetHeaderLength(Full, out int headerLength).ShouldBeTrue();
        headerLength.ShouldBe(packet.HeaderLength);
    }

    [Fact]
    public void TryParse_EveryTruncation_NeverThrowsAndNeverReadsBeyond()
    {
        int headerLength = RtpPackets.Parse(Full).HeaderLength;
        foreach (byte[] cut in Mutations.Truncations(Full))
        {
            RtpPacket.TryGetHeaderLength(cut, out _).ShouldBe(cut.Length >= headerLength);
            if (RtpPacket.TryParse(cut, out var packet))
                (packet.HeaderLength + packet.Payload.Length + packet.PaddingLength).ShouldBe(cut.Length);
            else
                (cut.Length < headerLength || cut.Length == headerLength || cut[^1] > cut.Length - headerLength || cut[^1] == 0).ShouldBeTrue();
        }
    }

    [Theory]
    [InlineData(0x00)]
    [InlineData(0x40)]
    [InlineData(0xC0)]
    public void TryParse_OtherVersion_IsRefused(byte version)
    {
        byte[] packet = RtpPackets.Build(1, 1);
        packet[0] = version;
        RtpPacket.TryParse(packet, out _).ShouldBeFalse();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(9)]
    [InlineData(255)]
    public void TryParse_PaddingCountThatCannotBe_IsRefused(byte count)
    {
        byte[] packet = RtpPackets.Build(1, 1);
        packet[0] |= 0x20;
        packet[^1] = count;
        RtpPacket.TryParse(packet, out _).ShouldBeFalse();
    }

    [Fact]
    public void TryParse_PaddingOnly_HasAnEmptyPayload()
    {
        var packet = RtpPackets.Parse(RtpPackets.BuildPaddingOnly(1, 1));
        packet.Payload.IsEmpty.ShouldBeTrue();
        packet.PaddingLength.ShouldBe(4);
    }

    [Fact]
    public void TryParse_MutatedAndRandomBytes_NeverThrows()
    {
        byte[] twoByte = RtpPackets.BuildFull(RtpExtensionReader.TwoByteProfile, [1, 2, 9, 9, 2, 0, 0, 0]);
        int parsed = 0;
        foreach (byte[] bytes in Mutations.Random(Full, 5_000, 1).Concat(Mutations.Random(twoByte, 5_000, 2)).Concat(Mutations.Garbage(2_000, 64, 3)))
        {
            if (!RtpPacket.TryParse(bytes, out var packet))
                continue;

            parsed++;
            (packet.HeaderLength + packet.Payload.Length + packet.PaddingLength).ShouldBe(bytes.Length);
            foreach (var extension in new RtpExtensionReader(in packet))
                extension.Data.Length.ShouldBeLessThanOrEqualTo(packet.Extensions.Length);
            AudioLevel.TryGet(in packet, 5, out _);
            packet.TryGetExtension(1, out _);
            OpusPayload.TryGetDuration(packet.Payload, out _);
        }

        parsed.ShouldBeGreaterThan(1_000);
    }
}
