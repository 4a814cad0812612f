using Ttm.Rtc.Rtp;

namespace Ttm.Rtc.Tests.Rtp;

public sealed class SerialNumberTests
{
    [Theory]
    [InlineData(0, 1, 1)]
    [InlineData(65_535, 0, 1)]
    [InlineData(0, 65_535, -1)]
    [InlineData(10, 32_777, 32_767)]
    [InlineData(0, 32_768, -32_768)]
    public void Distance_AcrossTheWrap_IsTheShortWay(int from, int to, int distance)
    {
        SerialNumber.Distance((ushort)from, (ushort)to).ShouldBe(distance);
        SerialNumber.IsNewer((ushort)to, (ushort)from).ShouldBe(distance > 0);
    }

    [Fact]
    public void IsNewer_HalfACircleApart_NeitherIs()
    {
        SerialNumber.IsNewer((ushort)0, (ushort)0x8000).ShouldBeFalse();
        SerialNumber.IsNewer((ushort)0x8000, (ushort)0).ShouldBeFalse();
        SerialNumber.IsNewer(0u, 0x8000_0000u).ShouldBeFalse();
        SerialNumber.IsNewer(5u, uint.MaxValue).ShouldBeTrue();
    }

    [Fact]
    public void ToSamples_AndBack_IsExactInGroupsOf625Ticks()
    {
        RtpClock.ToSamples(TimeSpan.FromMilliseconds(20)).ShouldBe(960);
        RtpClock.ToSamples(TimeSpan.FromHours(25)).ShouldBe(25L * 3_600 * 48_000);
        RtpClock.ToTime(960).ShouldBe(TimeSpan.FromMilliseconds(20));
        RtpClock.ToSamples(new TimeSpan(208)).ShouldBe(0);
        RtpClock.ToSamples(new TimeSpan(209)).ShouldBe(1);
    }
}
