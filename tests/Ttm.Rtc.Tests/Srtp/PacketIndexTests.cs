using Ttm.Rtc.Srtp;

namespace Ttm.Rtc.Tests.Srtp;

public sealed class PacketIndexTests
{
    [Theory]
    [InlineData(0x0_0005UL, 0x0006, 0x0_0006UL)]
    [InlineData(0x0_FFFFUL, 0x0000, 0x1_0000UL)]
    [InlineData(0x1_0000UL, 0xFFFF, 0x0_FFFFUL)]
    [InlineData(0x1_0010UL, 0x8011, 0x0_8011UL)]
    [InlineData(0x1_0010UL, 0x8010, 0x1_8010UL)]
    [InlineData(0x1_9000UL, 0x0FFF, 0x2_0FFFUL)]
    [InlineData(0x1_9000UL, 0x1000, 0x1_1000UL)]
    [InlineData(0x0_0002UL, 0xFFFF, 0x0_FFFFUL)]
    [InlineData(0xFFFF_FFFF_FFFEUL, 0xFFFF, 0xFFFF_FFFF_FFFFUL)]
    public void TryEstimate_NearTheHighest_TakesTheNearestRound(ulong highest, int sequenceNumber, ulong expected)
    {
        var window = default(ReplayWindow);
        window.Accept(highest);
        PacketIndex.TryEstimate(in window, (ushort)sequenceNumber, out ulong index).ShouldBeTrue();
        index.ShouldBe(expected);
    }

    [Fact]
    public void TryEstimate_BeyondTheLastRound_IsRefused()
    {
        var window = default(ReplayWindow);
        window.Accept(0xFFFF_FFFF_FFFF);
        PacketIndex.TryEstimate(in window, 0, out _).ShouldBeFalse();
    }

    [Fact]
    public void IsFresh_AgainstAPlainSet_AnswersTheSame()
    {
        var random = new Random(4);
        var window = default(ReplayWindow);
        HashSet<ulong> seen = [];
        ulong highest = 1000;
        for (int i = 0; i < 20000; i++)
        {
            ulong index = highest + (ulong)random.Next(300) - 250;
            bool expected = seen.Count == 0 || index > seen.Max() || (seen.Max() - index < ReplayWindow.Length && !seen.Contains(index));
            window.IsFresh(index).ShouldBe(expected);
            if (!expected)
                continue;
            window.Accept(index);
            seen.Add(index);
            seen.RemoveWhere(old => old + 400 < highest);
            highest = Math.Max(highest, index);
        }
    }
}
