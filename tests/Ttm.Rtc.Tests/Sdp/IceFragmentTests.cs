using System.Text;
using Ttm.Rtc.Ice;
using Ttm.Rtc.Sdp;
using Ttm.Testing;

namespace Ttm.Rtc.Tests.Sdp;

public sealed class IceFragmentTests
{
    /// <summary>In the form of RFC 9725 section 4.3.2.</summary>
    private const string Trickle = """
        a=group:BUNDLE 0 1
        m=audio 9 UDP/TLS/RTP/SAVPF 111
        a=mid:0
        a=ice-ufrag:EsAw
        a=ice-pwd:P2uYro0UCOQ4zxjKXaWCBui1
        a=candidate:1387637174 1 udp 2122260223 192.0.2.1 61764 typ host generation 0 ufrag EsAw network-id 1
        a=candidate:3471623853 1 udp 2122194687 198.51.100.2 61765 typ host generation 0 ufrag EsAw network-id 2
        a=candidate:473322822 1 carrier-pigeon 1518280447 192.0.2.1 9 typ host
        a=end-of-candidates
        """;

    [Fact]
    public void TryParse_TrickledCandidates_AreRead()
    {
        IceFragment.TryParse(Trickle, out var fragment, out var error).ShouldBeTrue(error?.Detail);
        fragment!.Credentials.ShouldBe(new IceCredentials("EsAw", "P2uYro0UCOQ4zxjKXaWCBui1"));
        fragment.Mid.ShouldBe("0");
        fragment.Candidates.Select(candidate => candidate.Port).ShouldBe([(ushort)61764, (ushort)61765]);
        fragment.EndOfCandidates.ShouldBeTrue();
    }

    [Fact]
    public void Write_Restart_RoundTrips()
    {
        var fragment = new IceFragment
        {
            Credentials = TestAnswer.ToTeacher.Ice,
            Mid = "0",
            Candidates = [TestAnswer.Udp, TestAnswer.Tcp],
            EndOfCandidates = true,
            IsIceLite = true,
        };
        IceFragment.TryParse(fragment.Write(), out var parsed, out _).ShouldBeTrue();
        parsed!.Candidates.ShouldBe(fragment.Candidates);
        (parsed with { Candidates = [] }).ShouldBe(fragment with { Candidates = [] });
        fragment.Write().ShouldStartWith("a=ice-lite\r\n");
    }

    [Fact]
    public void TryParse_CandidatesAlone_HasNoCredentials()
    {
        IceFragment.TryParse("a=candidate:1 1 udp 1 192.0.2.1 5 typ host\r\n", out var fragment, out _).ShouldBeTrue();
        fragment!.Credentials.ShouldBeNull();
        fragment.Mid.ShouldBeNull();
        fragment.Candidates.Count.ShouldBe(1);
        fragment.EndOfCandidates.ShouldBeFalse();
    }

    [Theory]
    [InlineData("")]
    [InlineData("candidate:1 1 udp 1 192.0.2.1 5 typ host")]
    [InlineData("a=ice-ufrag:EsAw")]
    [InlineData("a=ice-pwd:P2uYro0UCOQ4zxjKXaWCBui1")]
    [InlineData("a=ice-ufrag:Es\na=ice-pwd:P2uYro0UCOQ4zxjKXaWCBui1")]
    [InlineData("m=audio")]
    public void TryParse_Malformed_IsRefused(string text)
    {
        IceFragment.TryParse(text, out var fragment, out var error).ShouldBeFalse();
        fragment.ShouldBeNull();
        error!.Kind.ShouldBe(SdpErrorKind.Malformed);
    }

    [Fact]
    public void TryParse_TruncationsAndMutations_NeverThrow()
    {
        byte[] good = Encoding.UTF8.GetBytes(Trickle);
        foreach (byte[] bad in Mutations.Truncations(good).Concat(Mutations.Random(good, 5_000, 8840)))
        {
            if (IceFragment.TryParse(Encoding.UTF8.GetString(bad), out var fragment, out _))
                IceFragment.TryParse(fragment!.Write(), out _, out _).ShouldBeTrue();
        }
    }
}
