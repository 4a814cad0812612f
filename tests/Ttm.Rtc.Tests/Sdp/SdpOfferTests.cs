using System.Text;
using Ttm.Rtc.Sdp;
using Ttm.Testing;

namespace Ttm.Rtc.Tests.Sdp;

public sealed class SdpOfferTests
{
    private static readonly string[] Samples =
        [BrowserOffers.ChromiumSendOnly, BrowserOffers.FirefoxRecvOnly, BrowserOffers.SafariWithVideoAndData];

    [Fact]
    public void TryParse_EitherLineEnd_IsTheSame()
    {
        foreach (string sample in Samples)
        {
            string lf = sample.ReplaceLineEndings("\n");
            string crlf = sample.ReplaceLineEndings("\r\n");
            Answer(lf).ShouldNotBeNull().ShouldBe(Answer(crlf));
        }
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("\r\n\r\n", "empty")]
    [InlineData("hello", "v=0")]
    [InlineData("{\"sdp\":\"v=0\"}", "v=0")]
    [InlineData("v=1\r\no=- 1 1 IN IP4 0.0.0.0\r\n", "v=0")]
    [InlineData("v=0\r\ns=-\r\nt=0 0\r\n", "o=")]
    [InlineData("v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\nnonsense\r\n", "Line 3")]
    [InlineData("v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\nm=audio\r\n", "Line 3")]
    [InlineData("v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\nm=audio 70000 RTP/SAVPF 0\r\n", "Line 3")]
    [InlineData("v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\na=x\0y\r\n", "Line 3")]
    public void TryParse_Malformed_SaysWhereInASentence(string text, string detail)
    {
        SdpOffer.TryParse(text, out var offer, out var error).ShouldBeFalse();
        offer.ShouldBeNull();
        error!.Kind.ShouldBe(SdpErrorKind.Malformed);
        error.Detail.ShouldContain(detail);
    }

    [Fact]
    public void TryParse_BeyondTheLimits_IsMalformed()
    {
        const string Head = "v=0\no=- 1 1 IN IP4 0.0.0.0\n";
        Parses(Head + "a=" + new string('x', 4094)).ShouldBeTrue();
        Parses(Head + "a=" + new string('x', 4095)).ShouldBeFalse();
        Parses(Head + Repeat("m=audio 9 X 0\n", 32)).ShouldBeTrue();
        Parses(Head + Repeat("m=audio 9 X 0\n", 33)).ShouldBeFalse();
        Parses(Head + Repeat("a=x\n", 4094)).ShouldBeTrue();
        Parses(Head + Repeat("a=x\n", 4095)).ShouldBeFalse();
        Parses(Head + Repeat($"a={new string('x', 4000)}\n", 17)).ShouldBeFalse();

        static bool Parses(string text) => SdpOffer.TryParse(text, out _, out _);
        static string Repeat(string text, int times) => string.Concat(Enumerable.Repeat(text, times));
    }

    [Fact]
    public void TryParse_EveryTruncationOfASample_NeverThrows()
    {
        foreach (string sample in Samples)
        {
            for (int length = 0; length < sample.Length; length++)
                _ = Answer(sample[..length]);
        }
    }

    [Fact]
    public void TryParse_Mutations_NeverThrowAndNeverSmuggleALineIntoTheAnswer()
    {
        foreach (string sample in Samples)
        {
            foreach (byte[] mutation in Mutations.Random(Encoding.UTF8.GetBytes(sample), 3_000, 9429))
            {
                if (Answer(Encoding.UTF8.GetString(mutation)) is not { } answer)
                    continue;
                foreach (string line in answer.Split("\r\n", StringSplitOptions.RemoveEmptyEntries))
                    (line.Length > 1 && line[1] == '=' && "vostamc".Contains(line[0], StringComparison.Ordinal)).ShouldBeTrue(line);
            }
        }
    }

    [Fact]
    public void TryParse_LinesInAnyOrder_NeverThrow()
    {
        var randomness = new SeededRandomness(8866);
        foreach (string sample in Samples)
        {
            string[] lines = sample.Split('\n');
            for (int round = 0; round < 500; round++)
            {
                var kept = lines.Where(_ => randomness.Next(10) > 0).ToList();
                for (int swap = 0; swap < 3; swap++)
                {
                    int i = 1 + randomness.Next(kept.Count - 1);
                    int j = 1 + randomness.Next(kept.Count - 1);
                    (kept[i], kept[j]) = (kept[j], kept[i]);
                }

                _ = Answer(string.Join('\n', kept));
            }
        }
    }

    private static string? Answer(string text)
    {
        string? answer = null;
        foreach (var options in new[] { TestAnswer.ToTeacher, TestAnswer.ToStudent })
        {
            bool served = SdpOffer.TryParse(text, out var offer, out var error) && SdpAnswerer.TryAnswer(offer!, options, out _, out error);
            (error is null).ShouldBe(served);
            if (served && SdpAnswerer.TryAnswer(offer!, options, out var negotiation, out _))
                answer ??= negotiation!.Answer;
        }

        return answer;
    }
}
