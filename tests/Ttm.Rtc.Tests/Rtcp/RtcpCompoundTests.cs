using System.Text;
using Ttm.Rtc.Rtcp;
using Ttm.Testing;

namespace Ttm.Rtc.Tests.Rtcp;

public sealed class RtcpCompoundTests
{
    private static readonly ReportBlock Block = new(0xA1A2A3A4, 25, -3, 0x0001_FFFE, 77, 0xB1B2_B3B4, 0x1_8000);

    private static readonly SenderInfo Info = new(new NtpTime(0xE1E2_E3E4_F1F2_F3F4), 480_000, 1_000, 90_000);

    [Fact]
    public void Write_ReportsAndCname_AreReadBack()
    {
        byte[] datagram = Compose();
        RtcpCompound.TryParse(datagram, out var compound).ShouldBeTrue();
        List<RtcpPacketType> types = [];
        foreach (var packet in compound)
        {
            types.Add(packet.Type);
            if (SenderReport.TryParse(in packet, out var report))
            {
                report.Ssrc.ShouldBe(1u);
                report.Info.ShouldBe(Info);
                report.Reports.Count.ShouldBe(2);
                report.Reports[0].ShouldBe(Block);
                report.Reports[1].ShouldBe(Block with { Ssrc = 5 });
            }

            if (ReceiverReport.TryParse(in packet, out var receiver))
            {
                receiver.Ssrc.ShouldBe(2u);
                int blocks = 0;
                foreach (var block in receiver.Reports)
                {
                    block.ShouldBe(Block);
                    blocks++;
                }

                blocks.ShouldBe(1);
            }

            if (SourceDescription.TryParse(in packet, out var description))
            {
                description.TryGetCname(1, out var cname).ShouldBeTrue();
                Encoding.UTF8.GetString(cname).ShouldBe("lesson");
                description.TryGetCname(2, out _).ShouldBeFalse();
            }
        }

        types.ShouldBe([
            RtcpPacketType.SenderReport, RtcpPacketType.ReceiverReport, RtcpPacketType.SourceDescription,
            RtcpPacketType.TransportFeedback, RtcpPacketType.Goodbye]);
    }

    [Fact]
    public void Write_SenderReport_HasTheBytesOfRfc3550()
    {
        byte[] bytes = new byte[28];
        SenderReport.Write(bytes, 0x01020304, in Info, []).ShouldBe(28);
        Convert.ToHexString(bytes).ShouldBe("80C80006" + "01020304" + "E1E2E3E4F1F2F3F4" + "00075300" + "000003E8" + "00015F90");
    }

    [Fact]
    public void Write_ReceiverReport_HasTheBytesOfRfc3550()
    {
        byte[] bytes = new byte[32];
        ReceiverReport.Write(bytes, 0x01020304, [Block]).ShouldBe(32);
        Convert.ToHexString(bytes).ShouldBe(
            "81C90007" + "01020304" + "A1A2A3A4" + "19FFFFFD" + "0001FFFE" + "0000004D" + "B1B2B3B4" + "00018000");
    }

    [Theory]
    [InlineData("a", 12)]
    [InlineData("ab", 16)]
    [InlineData("abcd", 16)]
    [InlineData("abcde", 16)]
    [InlineData("abcdef", 20)]
    public void Write_Cname_EndsWithAtLeastOneZero(string name, int length)
    {
        byte[] bytes = new byte[64];
        Array.Fill(bytes, (byte)0xFF);
        SourceDescription.Write(bytes, 7, Encoding.UTF8.GetBytes(name)).ShouldBe(length);
        RtcpPacket.TryParse(bytes.AsSpan(0, length), out var packet).ShouldBeTrue();
        SourceDescription.TryParse(in packet, out var description).ShouldBeTrue();
        description.TryGetCname(7, out var cname).ShouldBeTrue();
        Encoding.UTF8.GetString(cname).ShouldBe(name);
        bytes[length - 1].ShouldBe((byte)0);
    }

    [Fact]
    public void TryGetCname_SeveralChunksAndItems_FindsTheRightOne()
    {
        // Chunk 1: TOOL only. Chunk 2: NAME, then CNAME.
        byte[] bytes =
        [
            0x82, 202, 0, 6,
            0, 0, 0, 1, 6, 2, (byte)'x', (byte)'y', 0, 0, 0, 0,
            0, 0, 0, 2, 2, 0, 1, 2, (byte)'m', (byte)'e', 0, 0,
        ];
        RtcpPacket.TryParse(bytes, out var packet).ShouldBeTrue();
        SourceDescription.TryParse(in packet, out var description).ShouldBeTrue();
        description.TryGetCname(1, out _).ShouldBeFalse();
        description.TryGetCname(2, out var cname).ShouldBeTrue();
        cname.SequenceEqual("me"u8).ShouldBeTrue();
    }

    [Fact]
    public void TryAdd_WithoutRoom_WritesNothing()
    {
        for (int room = 0; room < 100; room++)
        {
            byte[] bytes = new byte[room];
            var writer = new RtcpWriter(bytes);
            writer.TryAddSenderReport(1, in Info, [Block]).ShouldBe(room >= 52);
            writer.TryAddCname(1, "abc"u8).ShouldBe(room is >= 16 and < 52 or >= 68);
            writer.Length.ShouldBeLessThanOrEqualTo(room);
        }

        SourceDescription.Write(new byte[400], 1, new byte[256]).ShouldBe(0);
        SourceDescription.Write(new byte[400], 1, []).ShouldBe(0);
        ReceiverReport.Write(new byte[1_000], 1, new ReportBlock[32]).ShouldBe(0);
    }

    [Fact]
    public void TryParse_EveryTruncation_IsRefusedUnlessBetweenPackets()
    {
        byte[] datagram = Compose();
        HashSet<int> ends = [];
        int end = 0;
        RtcpCompound.TryParse(datagram, out var compound).ShouldBeTrue();
        foreach (var packet in compound)
            ends.Add(end += packet.Whole.Length);

        foreach (byte[] cut in Mutations.Truncations(datagram))
            RtcpCompound.TryParse(cut, out _).ShouldBe(ends.Contains(cut.Length), cut.Length.ToString());
    }

    [Fact]
    public void TryParse_BodyShorterThanItsCounts_IsRefused()
    {
        foreach (byte type in new byte[] { 200, 201, 202 })
        {
            byte[] bytes = [0x81, type, 0, 0];
            RtcpPacket.TryParse(bytes, out var packet).ShouldBeTrue();
            SenderReport.TryParse(in packet, out _).ShouldBeFalse();
            ReceiverReport.TryParse(in packet, out _).ShouldBeFalse();
            SourceDescription.TryParse(in packet, out _).ShouldBeFalse();
        }
    }

    [Fact]
    public void TryParse_Padding_OnlyInTheLastPacketAndInFours()
    {
        byte[] bye = [0x81, 203, 0, 1, 0, 0, 0, 9];
        byte[] padded = [0xA1, 203, 0, 2, 0, 0, 0, 9, 0, 0, 0, 4];
        RtcpCompound.TryParse([.. bye, .. padded], out var compound).ShouldBeTrue();
        foreach (var packet in compound)
            packet.Body.Length.ShouldBe(4);

        RtcpCompound.TryParse([.. padded, .. bye], out _).ShouldBeFalse();
        foreach (byte count in new byte[] { 0, 3, 12, 255 })
        {
            padded[^1] = count;
            RtcpCompound.TryParse(padded, out _).ShouldBeFalse();
        }
    }

    [Fact]
    public void TryParse_ReducedSizeAndUnknownTypes_AreWalked()
    {
        byte[] bytes = [0x8F, 206, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2, 0x80, 210, 0, 0];
        RtcpCompound.TryParse(bytes, out var compound).ShouldBeTrue();
        int count = 0;
        foreach (var packet in compound)
            count += packet.Count is 15 or 0 ? 1 : 0;
        count.ShouldBe(2);
        RtcpCompound.TryParse([0x80, 111, 0, 0], out _).ShouldBeFalse();
        RtcpCompound.TryParse([0x40, 201, 0, 1, 0, 0, 0, 1], out _).ShouldBeFalse();
        RtcpCompound.TryParse([], out _).ShouldBeFalse();
    }

    [Fact]
    public void TryParse_MutatedAndRandomBytes_NeverThrows()
    {
        byte[] good = Compose();
        int valid = 0;
        foreach (byte[] bytes in Mutations.Random(good, 10_000, 1).Concat(Mutations.BitFlips(good)).Concat(Mutations.Garbage(2_000, 80, 2)))
        {
            if (!RtcpCompound.TryParse(bytes, out var compound))
                continue;

            valid++;
            foreach (var packet in compound)
                ReadAll(in packet);
        }

        valid.ShouldBeGreaterThan(1_000);
    }

    private static void ReadAll(in RtcpPacket packet)
    {
        if (SenderReport.TryParse(in packet, out var sender))
            ReadAll(sender.Reports);
        if (ReceiverReport.TryParse(in packet, out var receiver))
            ReadAll(receiver.Reports);
        if (SourceDescription.TryParse(in packet, out var description))
            description.TryGetCname(1, out _);
    }

    private static void ReadAll(ReportBlocks reports)
    {
        foreach (var block in reports)
            block.TryGetRoundTrip(new NtpTime(ulong.MaxValue), out _);
    }

    private static byte[] Compose()
    {
        byte[] bytes = new byte[500];
        var writer = new RtcpWriter(bytes);
        writer.TryAddSenderReport(1, in Info, [Block, Block with { Ssrc = 5 }]).ShouldBeTrue();
        writer.TryAddReceiverReport(2, [Block]).ShouldBeTrue();
        writer.TryAddCname(1, "lesson"u8).ShouldBeTrue();

        // What browsers send besides and nobody here reads: a NACK and a BYE.
        return [.. bytes[..writer.Length], 0x81, 205, 0, 3, 0, 0, 0, 1, 0, 0, 0, 5, 0, 9, 0, 1, 0x81, 203, 0, 1, 0, 0, 0, 1];
    }
}
