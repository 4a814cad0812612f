using Ttm.Rtc.Rtp;
using Ttm.Testing;

namespace Ttm.Rtc.Tests.Rtp;

public sealed class StreamRewriterTests
{
    private const ushort FirstNumber = 65_533;
    private const uint FirstTimestamp = uint.MaxValue - 2_000;

    private static readonly TimeSpan Packet = TimeSpan.FromMilliseconds(20);

    private readonly FakeClock _clock = new();
    private readonly StreamRewriter _rewriter = new(0xCAFE, FirstNumber, FirstTimestamp);

    [Fact]
    public void TryRewrite_RunningSpeech_ContinuesAcrossBothWraps()
    {
        for (int i = 0; i < 10; i++)
        {
            var header = Rewrite(500 + i, (uint)(7_000 + (960 * i)));
            header.ShouldBe(new RtpHeaderValues(Number(i), Timestamp(960 * i), i == 0));
            _clock.Advance(Packet);
        }
    }

    [Fact]
    public void TryRewrite_InATalk_PassesTheMarkerAndTheSourcesTimestampSteps()
    {
        Rewrite(1, 960);
        Rewrite(2, 1_920).Marker.ShouldBeFalse();
        _clock.Advance(TimeSpan.FromSeconds(3));
        var header = Rewrite(3, 96_000, marker: true);
        header.Marker.ShouldBeTrue();
        header.Timestamp.ShouldBe(Timestamp(96_000 - 960));
    }

    [Fact]
    public void SwitchSource_AfterAPause_AdvancesByTheWallAndMarksTheTalk()
    {
        Rewrite(1, 0);
        _clock.Advance(Packet);
        var last = Rewrite(2, 960);
        _clock.Advance(TimeSpan.FromSeconds(10));
        _rewriter.SwitchSource();
        _clock.Advance(TimeSpan.FromMilliseconds(5));

        var header = Rewrite(30_000, 123_456, ssrc: 2);
        header.SequenceNumber.ShouldBe((ushort)(last.SequenceNumber + 1));
        header.Timestamp.ShouldBe(last.Timestamp + 480_000 + 240);
        header.Marker.ShouldBeTrue();

        _clock.Advance(Packet);
        Rewrite(30_001, 123_456 + 960, ssrc: 2).ShouldBe(
            new RtpHeaderValues((ushort)(last.SequenceNumber + 2), header.Timestamp + 960, false));
    }

    [Fact]
    public void SwitchSource_SoonerThanThePacketLasts_NeverStepsBackIntoIt()
    {
        var last = Rewrite(1, 0);
        _rewriter.SwitchSource();
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        Rewrite(9, 9).Timestamp.ShouldBe(last.Timestamp + 960);
    }

    [Fact]
    public void TryRewrite_ALostPacket_LeavesItsHole()
    {
        Rewrite(10, 0);
        Rewrite(13, 2_880).SequenceNumber.ShouldBe(Number(3));
    }

    [Fact]
    public void SwitchSource_DuringALoss_StartsWithoutAHole()
    {
        Rewrite(10, 0);
        var last = Rewrite(13, 2_880);
        _rewriter.SwitchSource();
        Rewrite(700, 0).SequenceNumber.ShouldBe((ushort)(last.SequenceNumber + 1));
        Refuse(699, 0).ShouldBe(DropReason.TooLate);
        Rewrite(703, 2_880).SequenceNumber.ShouldBe((ushort)(last.SequenceNumber + 4));
    }

    [Fact]
    public void TryRewrite_PaddingOnly_IsLeftOutWithoutAHole()
    {
        Rewrite(10, 0);
        RefusePadding(11);
        RefusePadding(12);
        Rewrite(13, 960).SequenceNumber.ShouldBe(Number(1));
        RefusePadding(14);
        Rewrite(16, 2_880).SequenceNumber.ShouldBe(Number(3));
        Rewrite(15, 1_920).SequenceNumber.ShouldBe(Number(2));
        Refuse(12, 0).ShouldBe(DropReason.Duplicate);
    }

    [Fact]
    public void TryRewrite_PaddingOnlyAtTheStartOfAStretch_StartsNothing()
    {
        RefusePadding(9);
        var header = Rewrite(10, 0);
        header.SequenceNumber.ShouldBe(FirstNumber);
        header.Marker.ShouldBeTrue();
    }

    [Fact]
    public void TryRewrite_PaddingOnlyBehindItsSuccessor_LeavesAHoleAndIsRefusedTwice()
    {
        Rewrite(10, 0);
        Rewrite(12, 960).SequenceNumber.ShouldBe(Number(2));
        RefusePadding(11);
        Refuse(11, 0).ShouldBe(DropReason.Duplicate);
    }

    [Fact]
    public void TryRewrite_LateBeforePaddingOnly_IsStillTheNewestThatWent()
    {
        Rewrite(10, 0);
        RefusePadding(12);
        var late = Rewrite(11, 960);
        late.SequenceNumber.ShouldBe(Number(1));
        _rewriter.SwitchSource();
        var next = Rewrite(500, 7);
        next.SequenceNumber.ShouldBe(Number(2));
        next.Timestamp.ShouldBe(late.Timestamp + 960);
    }

    [Fact]
    public void TryRewrite_LateWithinTheWindow_KeepsItsPlace()
    {
        Rewrite(100, 0);
        Rewrite(163, 63 * 960);
        Rewrite(101, 960).ShouldBe(new RtpHeaderValues(Number(1), Timestamp(960), false));
        Refuse(101, 960).ShouldBe(DropReason.Duplicate);
        Refuse(163, 63 * 960).ShouldBe(DropReason.Duplicate);
        Rewrite(166, 66 * 960);
        Refuse(102, 1_920).ShouldBe(DropReason.TooLate);
    }

    [Fact]
    public void TryRewrite_LatePacket_DoesNotTurnTheClockBack()
    {
        Rewrite(100, 0);
        var newest = Rewrite(102, 1_920);
        _clock.Advance(TimeSpan.FromSeconds(1));
        Rewrite(101, 960);
        _rewriter.SwitchSource();
        Rewrite(5, 5).Timestamp.ShouldBe(newest.Timestamp + 48_000);
    }

    [Fact]
    public void TryRewrite_NewSsrcInsideATalk_IsASwitchByItself()
    {
        Rewrite(1, 0, ssrc: 1);
        var last = Rewrite(2, 960, ssrc: 1);
        _clock.Advance(TimeSpan.FromSeconds(2));
        Rewrite(60_000, 77, ssrc: 2).ShouldBe(
            new RtpHeaderValues((ushort)(last.SequenceNumber + 1), last.Timestamp + 96_000, true));

        Refuse(3, 1_920, ssrc: 1).ShouldBe(DropReason.TooLate);
        Rewrite(60_001, 77 + 960, ssrc: 2).Marker.ShouldBeFalse();

        _clock.Advance(TimeSpan.FromSeconds(3));
        Rewrite(4, 2_880, ssrc: 1).Marker.ShouldBeTrue();
    }

    [Fact]
    public void TryRewrite_SameSsrcStartedAgain_IsANewStretchFromItsSecondPacket()
    {
        Rewrite(1_000, 0);
        var last = Rewrite(1_001, 960);
        Refuse(40_000, 5).ShouldBe(DropReason.TooLate);
        Rewrite(1_002, 1_920).SequenceNumber.ShouldBe((ushort)(last.SequenceNumber + 1));
        Refuse(40_000, 5).ShouldBe(DropReason.TooLate);
        var header = Rewrite(40_001, 965);
        header.SequenceNumber.ShouldBe((ushort)(last.SequenceNumber + 2));
        header.Marker.ShouldBeTrue();
    }

    [Fact]
    public void NextSilence_FirstOfAll_StartsTheStream()
    {
        _rewriter.NextSilence(_clock.Now).ShouldBe(new RtpHeaderValues(FirstNumber, FirstTimestamp, false));
    }

    [Fact]
    public void NextSilence_HoursOfTrickleAtUnevenTimes_StaysOnTheWallsTime()
    {
        var speech = Rewrite(1, 0);
        var start = _clock.Now;
        var randomness = new SeededRandomness(11);
        ushort number = speech.SequenceNumber;
        while (_clock.Now - start < TimeSpan.FromHours(30))
        {
            _clock.Advance(new TimeSpan(TimeSpan.TicksPerMillisecond * 400) + new TimeSpan(randomness.Next(70_001)));
            var silence = _rewriter.NextSilence(_clock.Now);
            silence.SequenceNumber.ShouldBe(++number);
            silence.Marker.ShouldBeFalse();
            silence.Timestamp.ShouldBe(speech.Timestamp + (uint)RtpClock.ToSamples(_clock.Now - start));
        }

        _clock.Advance(TimeSpan.FromMilliseconds(200));
        Rewrite(65_000, 1, ssrc: 9).ShouldBe(
            new RtpHeaderValues(++number, speech.Timestamp + (uint)RtpClock.ToSamples(_clock.Now - start), true));
    }

    [Fact]
    public void NextSilence_InsideATalk_EndsIt()
    {
        Rewrite(1, 0);
        _clock.Advance(TimeSpan.FromSeconds(1));
        var silence = _rewriter.NextSilence(_clock.Now);
        _clock.Advance(TimeSpan.FromSeconds(1));
        Rewrite(2, 960).ShouldBe(new RtpHeaderValues((ushort)(silence.SequenceNumber + 1), silence.Timestamp + 48_000, true));
    }

    [Fact]
    public void Create_FromChance_KeepsTheFirstNumberInTheLowerHalf()
    {
        for (ulong seed = 0; seed < 200; seed++)
        {
            var rewriter = StreamRewriter.Create(5, new SeededRandomness(seed));
            rewriter.Ssrc.ShouldBe(5u);
            rewriter.NextSilence(_clock.Now).SequenceNumber.ShouldBeLessThan((ushort)0x8000);
        }
    }

    [Fact]
    public void TryRewrite_ThousandsOfPackets_AllocatesNothing()
    {
        byte[] bytes = RtpPackets.Build(1, 0);
        Run(1_000);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Run(10_000);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);

        void Run(int count)
        {
            for (int i = 0; i < count; i++)
            {
                bytes[3]++;
                if (RtpPacket.TryParse(bytes, out var packet))
                    _rewriter.TryRewrite(in packet, new Instant(i), out _, out _);
                if (i % 100 == 0)
                    _rewriter.NextSilence(new Instant(i));
            }
        }
    }

    private static ushort Number(int ahead) => (ushort)(FirstNumber + ahead);

    private static uint Timestamp(int ahead) => FirstTimestamp + (uint)ahead;

    private RtpHeaderValues Rewrite(int number, uint timestamp, uint ssrc = 1, bool marker = false)
    {
        var packet = RtpPackets.Parse(RtpPackets.Build((ushort)number, timestamp, ssrc, marker));
        _rewriter.TryRewrite(in packet, _clock.Now, out var header, out var reason).ShouldBeTrue(reason.ToString());
        reason.ShouldBe(DropReason.None);
        return header;
    }

    private DropReason Refuse(int number, uint timestamp, uint ssrc = 1)
    {
        var packet = RtpPackets.Parse(RtpPackets.Build((ushort)number, timestamp, ssrc));
        _rewriter.TryRewrite(in packet, _clock.Now, out _, out var reason).ShouldBeFalse();
        return reason;
    }

    private void RefusePadding(int number)
    {
        var packet = RtpPackets.Parse(RtpPackets.BuildPaddingOnly((ushort)number, 0, 1));
        _rewriter.TryRewrite(in packet, _clock.Now, out _, out var reason).ShouldBeFalse();
        reason.ShouldBe(DropReason.PaddingOnly);
    }
}
