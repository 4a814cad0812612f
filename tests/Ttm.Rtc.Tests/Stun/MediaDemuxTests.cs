namespace Ttm.Rtc.Tests.Stun;

public sealed class MediaDemuxTests
{
    [Theory]
    [InlineData(0, 0, DatagramKind.Stun)]
    [InlineData(3, 0, DatagramKind.Stun)]
    [InlineData(4, 0, DatagramKind.Unknown)]
    [InlineData(19, 0, DatagramKind.Unknown)]
    [InlineData(20, 0, DatagramKind.Dtls)]
    [InlineData(63, 0, DatagramKind.Dtls)]
    [InlineData(64, 0, DatagramKind.TurnChannel)]
    [InlineData(79, 0, DatagramKind.TurnChannel)]
    [InlineData(80, 0, DatagramKind.TurnChannel)]
    [InlineData(127, 0, DatagramKind.TurnChannel)]
    [InlineData(128, 111, DatagramKind.Rtp)]
    [InlineData(191, 191, DatagramKind.Rtp)]
    [InlineData(128, 192, DatagramKind.Rtcp)]
    [InlineData(129, 200, DatagramKind.Rtcp)]
    [InlineData(128, 223, DatagramKind.Rtcp)]
    [InlineData(128, 224, DatagramKind.Rtp)]
    [InlineData(128, 111 + 128, DatagramKind.Rtp)]
    [InlineData(192, 0, DatagramKind.Unknown)]
    public void Classify_FirstTwoBytes_TellTheProtocol(int first, int second, DatagramKind kind) =>
        MediaDemux.Classify([(byte)first, (byte)second]).ShouldBe(kind);

    [Fact]
    public void Classify_TooShortToTell_IsUnknown()
    {
        MediaDemux.Classify([]).ShouldBe(DatagramKind.Unknown);
        MediaDemux.Classify([128]).ShouldBe(DatagramKind.Unknown);
    }
}
