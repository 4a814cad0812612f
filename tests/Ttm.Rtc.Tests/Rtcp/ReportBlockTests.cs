using Ttm.Rtc.Rtcp;
using Ttm.Testing;

namespace Ttm.Rtc.Tests.Rtcp;

public sealed class ReportBlockTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(ReportBlock.MaxCumulativeLost)]
    [InlineData(ReportBlock.MinCumulativeLost)]
    public void Write_CumulativeLost_KeepsItsSign(int lost)
    {
        byte[] bytes = new byte[ReportBlock.Length];
        var block = new ReportBlock(1, 255, lost, 3, 4, 5, 6);
        block.Write(bytes).ShouldBe(ReportBlock.Length);
        ReportBlock.TryParse(bytes, out var read).ShouldBeTrue();
        read.ShouldBe(block);
    }

    [Fact]
    public void Write_CumulativeLostBeyond24Bits_IsTheNearest()
    {
        byte[] bytes = new byte[ReportBlock.Length];
        (default(ReportBlock) with { CumulativeLost = 99_999_999 }).Write(bytes);
        ReportBlock.TryParse(bytes, out var read).ShouldBeTrue();
        read.CumulativeLost.ShouldBe(ReportBlock.MaxCumulativeLost);
    }

    [Fact]
    public void TryParse_EveryTruncation_IsRefused()
    {
        foreach (byte[] cut in Mutations.Truncations(new byte[ReportBlock.Length]))
            ReportBlock.TryParse(cut, out _).ShouldBeFalse();
        foreach (byte[] cut in Mutations.Truncations(new byte[SenderInfo.Length]))
            SenderInfo.TryParse(cut, out _).ShouldBeFalse();
    }

    [Fact]
    public void TryGetRoundTrip_TheExampleOfRfc3550_Is6125Milliseconds()
    {
        // RFC 3550 figure 2: A = 0xB710:8000, LSR = 0xB705:2000, DLSR = 0x0005:4000.
        var block = default(ReportBlock) with { LastSenderReport = 0xB705_2000, DelaySinceLastSenderReport = 0x0005_4000 };
        block.TryGetRoundTrip(new NtpTime(0x0000_B710_8000_0000), out var roundTrip).ShouldBeTrue();
        roundTrip.ShouldBe(TimeSpan.FromSeconds(6.125));
    }

    [Fact]
    public void TryGetRoundTrip_NoSenderReportOrATimeThatCannotBe_IsRefused()
    {
        default(ReportBlock).TryGetRoundTrip(new NtpTime(ulong.MaxValue >> 1), out _).ShouldBeFalse();
        var ahead = default(ReportBlock) with { LastSenderReport = 0x0002_0000, DelaySinceLastSenderReport = 1 };
        ahead.TryGetRoundTrip(new NtpTime(0x0000_0002_0000_0000), out _).ShouldBeFalse();
    }
}
