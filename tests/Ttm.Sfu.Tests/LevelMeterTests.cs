using Ttm.Rtc;
using Ttm.Rtc.Rtp;
using Ttm.Sfu.Media;

namespace Ttm.Sfu.Tests;

public sealed class LevelMeterTests
{
    private static readonly Instant Start = new(TimeSpan.FromHours(1).Ticks);
    private LevelMeter _meter;

    [Fact]
    public void Read_BeforeAnyLevel_IsUnknown()
    {
        _meter.Read(Start).ShouldBeNull();
        Receive(20, 0, extension: 2);
        _meter.Read(Start).ShouldBeNull("that extension is another one");
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(127, -127)]
    public void Read_OfOnePacket_IsItsLevel(byte level, int expected)
    {
        Receive(level, 0);
        _meter.Read(Start).ShouldBe(expected);
    }

    [Fact]
    public void Read_IsTheLoudestOfTheLastSeconds_AndFades()
    {
        Receive(60, 0);
        Receive(20, 0.5);
        Receive(60, 0.9);
        _meter.Read(At(0.9)).ShouldBe(-20);
        Receive(60, 1.1);
        _meter.Read(At(1.2)).ShouldBe(-20);
        Receive(70, 2.2);
        _meter.Read(At(2.2)).ShouldBe(-60);
        _meter.Read(At(3.5)).ShouldBe(-70);
        _meter.Read(At(5)).ShouldBeNull("nothing came any more");
    }

    private static Instant At(double seconds) => Start + TimeSpan.FromSeconds(seconds);

    private void Receive(byte level, double seconds, byte extension = 1)
    {
        byte[] datagram = [0x90, 0x6F, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0xBE, 0xDE, 0, 1, (byte)(extension << 4), level, 0, 0, 0x78, 1, 2];
        RtpPacket.TryParse(datagram, out var packet).ShouldBeTrue();
        _meter.Receive(packet, 1, At(seconds));
    }
}
