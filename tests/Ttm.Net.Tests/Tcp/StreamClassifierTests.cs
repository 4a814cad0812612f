using System.Text;
using Ttm.Net.Tcp;

namespace Ttm.Net.Tests.Tcp;

public sealed class StreamClassifierTests
{
    [Theory]
    [InlineData("000300082112A442000102030405060708090A0B", StreamKind.Turn)]
    [InlineData("000100002112A442000102030405060708090A0B", StreamKind.Turn)]
    [InlineData("0014000100002112A442000102030405060708090A0B", StreamKind.IceTcp)]
    [InlineData("0074000100602112A442000102030405060708090A0B", StreamKind.IceTcp)]
    [InlineData("07FF000107E02112A442000102030405060708090A0B", StreamKind.IceTcp)]
    [InlineData("16030102000100", StreamKind.Tls)]
    [InlineData("160300", StreamKind.Tls)]
    [InlineData("1604", StreamKind.Unknown)]
    [InlineData("80FF", StreamKind.Unknown)]
    [InlineData("0900", StreamKind.Unknown)]
    [InlineData("00000000000000000000", StreamKind.Unknown)]
    [InlineData("0014400100002112A442", StreamKind.Unknown)]
    [InlineData("", StreamKind.Undecided)]
    public void Classify_FirstBytes_TellTheProtocol(string hex, StreamKind kind) =>
        StreamClassifier.Classify(Convert.FromHexString(hex)).ShouldBe(kind);

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n")]
    [InlineData("POST /whip/a HTTP/1.1\r\n")]
    [InlineData("OPTIONS * HTTP/1.1\r\n")]
    [InlineData("PRI * HTTP/2.0\r\n")]
    public void Classify_AMethod_IsHttp(string text) => StreamClassifier.Classify(Encoding.ASCII.GetBytes(text)).ShouldBe(StreamKind.Http);

    [Theory]
    [InlineData("000300082112A442000102030405060708090A0B")]
    [InlineData("0014000100002112A442000102030405060708090A0B")]
    [InlineData("16030102000100")]
    public void Classify_EveryTruncation_IsUndecidedUntilItIsDecided(string hex)
    {
        byte[] bytes = Convert.FromHexString(hex);
        var whole = StreamClassifier.Classify(bytes);
        bool decided = false;
        for (int length = 0; length <= bytes.Length; length++)
        {
            var kind = StreamClassifier.Classify(bytes.AsSpan(0, length));
            kind.ShouldBe(decided || kind != StreamKind.Undecided ? whole : StreamKind.Undecided);
            decided = kind != StreamKind.Undecided;
        }

        decided.ShouldBeTrue();
    }

    [Fact]
    public void Classify_TenBytesOfAnything_AreDecided()
    {
        var random = new Random(6544);
        byte[] bytes = new byte[StreamClassifier.BytesNeeded];
        for (int round = 0; round < 50_000; round++)
        {
            random.NextBytes(bytes);
            StreamClassifier.Classify(bytes).ShouldNotBe(StreamKind.Undecided);
        }
    }
}
