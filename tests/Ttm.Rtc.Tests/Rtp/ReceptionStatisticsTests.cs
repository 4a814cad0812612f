using Ttm.Rtc.Rtcp;
using Ttm.Rtc.Rtp;
using Ttm.Testing;

namespace Ttm.Rtc.Tests.Rtp;

public sealed class ReceptionStatisticsTests
{
    private readonly FakeClock _clock = new();
    private ReceptionStatistics _statistics;

    [Fact]
    public void TryTakeReport_BeforeTheFirstPacket_HasNothing() => _statistics.TryTakeReport(_clock.Now, out _).ShouldBeFalse();

    [Fact]
    public void TryTakeReport_NothingLost_SaysSo()
    {
        for (int i = 0; i < 100; i++)
            Receive(65_500 + i);

        var report = Take();
        report.Ssrc.ShouldBe(0x1234_5678u);
        report.FractionLost.ShouldBe((byte)0);
        report.CumulativeLost.ShouldBe(0);
        report.HighestSequence.ShouldBe(65_599u);
        report.Jitter.ShouldBe(0u);
        report.LastSenderReport.ShouldBe(0u);
        report.DelaySinceLastSenderReport.ShouldBe(0u);
    }

    [Fact]
    public void TryTakeReport_EveryFourthLost_FractionCountsFromTheLastReport()
    {
        for (int i = 0; i < 400; i++)
        {
            if (i % 4 != 1)
                Receive(i);
        }

        var first = Take();
        first.CumulativeLost.ShouldBe(100);
        first.FractionLost.ShouldBe((byte)64);

        for (int i = 400; i < 500; i++)
            Receive(i);
        var second = Take();
        second.CumulativeLost.ShouldBe(100);
        second.FractionLost.ShouldBe((byte)0);
        Take().FractionLost.ShouldBe((byte)0);
    }

    [Fact]
    public void Receive_ReorderedAcrossTheWrap_IsNoLoss()
    {
        int[] order = [65_533, 65_535, 65_534, 65_537, 65_536, 65_538];
        foreach (int number in order)
            Receive(number);
        var report = Take();
        report.CumulativeLost.ShouldBe(0);
        report.HighestSequence.ShouldBe(65_538u);
    }

    [Fact]
    public void Receive_Duplicates_MakeTheLossNegativeAndTheFractionZero()
    {
        Receive(1);
        Receive(2);
        Receive(2);
        var report = Take();
        report.CumulativeLost.ShouldBe(-1);
        report.FractionLost.ShouldBe((byte)0);
    }

    [Fact]
    public void Receive_OnePacketFarOff_IsIgnoredAndTwoAreARestart()
    {
        Receive(100);
        Receive(40_000);
        Take().HighestSequence.ShouldBe(100u);
        Receive(40_001);
        Take().HighestSequence.ShouldBe(40_001u);
        _statistics.Received.ShouldBe(1u);
    }

    [Fact]
    public void Receive_AnotherSsrc_StartsAgain()
    {
        Receive(1);
        Receive(9);
        _statistics.ReceiveSenderReport(0x1234_5678, _clock.Ntp, _clock.Now);
        var packet = RtpPackets.Parse(RtpPackets.Build(500, 0, 7));
        _statistics.Receive(in packet, _clock.Now);

        var report = Take();
        report.Ssrc.ShouldBe(7u);
        report.CumulativeLost.ShouldBe(0);
        report.HighestSequence.ShouldBe(500u);
        report.LastSenderReport.ShouldBe(0u);
    }

    [Fact]
    public void TryTakeReport_AfterASenderReport_TellsItsTimeAndTheDelay()
    {
        Receive(1);
        var ntp = _clock.Ntp;
        _statistics.ReceiveSenderReport(99, ntp, _clock.Now);
        Take().LastSenderReport.ShouldBe(0u);

        _statistics.ReceiveSenderReport(0x1234_5678, ntp, _clock.Now);
        _clock.Advance(TimeSpan.FromSeconds(1.5));
        var report = Take();
        report.LastSenderReport.ShouldBe(ntp.Middle);
        report.DelaySinceLastSenderReport.ShouldBe(0x1_8000u);
    }

    [Fact]
    public void Jitter_AlternatingDelay_ConvergesToItsMean()
    {
        // Every second packet comes 10 ms late: |D| is always 480 samples.
        var start = _clock.Now;
        for (int i = 0; i < 1_000; i++)
        {
            var packet = RtpPackets.Parse(RtpPackets.Build((ushort)i, (uint)(i * 960)));
            _statistics.Receive(in packet, start + TimeSpan.FromMilliseconds((20 * i) + (i % 2 * 10)));
        }

        ((double)_statistics.Jitter).ShouldBe(480, 2);
    }

    [Fact]
    public void Receive_HostileTimestamps_KeepTheJitterANumber()
    {
        var randomness = new SeededRandomness(5);
        for (int i = 0; i < 5_000; i++)
        {
            uint timestamp = i % 2 == 0 ? 0 : 0x8000_0000 + (uint)randomness.Next(3);
            var packet = RtpPackets.Parse(RtpPackets.Build((ushort)i, timestamp));
            _statistics.Receive(in packet, _clock.Now);
        }

        Take().Jitter.ShouldBeInRange(0x7000_0000u, 0x8000_0000u);
    }

    private void Receive(int number)
    {
        var packet = RtpPackets.Parse(RtpPackets.Build((ushort)number, (uint)(number * 960)));
        _statistics.Receive(in packet, new Instant(number * 200_000L));
    }

    private ReportBlock Take()
    {
        _statistics.TryTakeReport(_clock.Now, out var report).ShouldBeTrue();
        return report;
    }
}
