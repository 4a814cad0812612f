using System.Net;
using Ttm.Rtc.Ice;
using Ttm.Rtc.Sdp;

namespace Ttm.Rtc.Tests.Sdp;

public sealed class SdpAnswererTests
{
    [Fact]
    public void TryAnswer_ChromiumPublishes_TheFactsAreNegotiated()
    {
        var negotiation = Accept(BrowserOffers.ChromiumSendOnly, TestAnswer.ToTeacher);
        var remote = negotiation.Remote;
        remote.Mid.ShouldBe("0");
        remote.OpusPayloadType.ShouldBe((byte)111);
        remote.UsesInbandFec.ShouldBeTrue();
        remote.UsesDtx.ShouldBeFalse();
        remote.AudioLevelExtensionId.ShouldBe((byte)1);
        remote.MidExtensionId.ShouldBe((byte)4);
        remote.Ice.ShouldBe(new IceCredentials("LXB3", "WWuE58QWPIUxNPrTd7wbVh64"));
        remote.Fingerprints.ShouldHaveSingleItem().ToString().ShouldBe($"sha-256 {BrowserOffers.Sha256}");
        remote.Setup.ShouldBe(SdpSetup.ActPass);
        remote.Direction.ShouldBe(SdpDirection.SendOnly);
        remote.Ssrc.ShouldBe(3332026325u);
        remote.Cname.ShouldBe("OzzlBkbJYcD0fvvA");
        remote.Candidates.Count.ShouldBe(3);
        remote.Candidates[2].TcpType.ShouldBe(IceTcpType.Active);
        remote.ReducedSizeRtcp.ShouldBeTrue();
        negotiation.Setup.ShouldBe(SdpSetup.Passive);
    }

    [Fact]
    public void TryAnswer_ChromiumPublishes_TheAnswerIsThis()
    {
        Accept(BrowserOffers.ChromiumSendOnly, TestAnswer.ToTeacher).Answer.ShouldBe(
            $"""
            v=0
            o=- 42 1 IN IP4 127.0.0.1
            s=-
            t=0 0
            a=group:BUNDLE 0
            a=ice-lite
            a=ice-options:ice2 trickle
            m=audio 3478 UDP/TLS/RTP/SAVPF 111
            c=IN IP4 203.0.113.5
            a=mid:0
            a=recvonly
            a=ice-ufrag:servUFRG
            a=ice-pwd:serverPassword/24+chars1
            a=fingerprint:{TestAnswer.Fingerprint}
            a=setup:passive
            a=rtcp-mux
            a=rtcp-rsize
            a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level
            a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid
            a=rtpmap:111 opus/48000/2
            a=fmtp:111 minptime=10;useinbandfec=1
            a={TestAnswer.Udp.Write()}
            a={TestAnswer.Tcp.Write()}
            a=end-of-candidates

            """.ReplaceLineEndings("\r\n"));
    }

    [Fact]
    public void TryAnswer_FirefoxListens_SessionLevelAttributesCountAndOurStreamIsNamed()
    {
        var negotiation = Accept(BrowserOffers.FirefoxRecvOnly, TestAnswer.ToStudent);
        negotiation.Remote.OpusPayloadType.ShouldBe((byte)109);
        negotiation.Remote.Mid.ShouldBe("{f3a1}");
        negotiation.Remote.Fingerprints.Count.ShouldBe(1);
        negotiation.Remote.MidExtensionId.ShouldBe((byte)3);
        negotiation.Remote.EndOfCandidates.ShouldBeTrue();
        negotiation.Remote.Candidates.Count.ShouldBe(3);
        string[] lines = Lines(negotiation.Answer);
        lines.ShouldContain("a=sendonly");
        lines.ShouldContain("a=rtpmap:109 opus/48000/2");
        lines.ShouldContain("a=ssrc:305419896 cname:cname");
        lines.ShouldContain("a=msid:lesson audio");
        lines.ShouldContain("a=group:BUNDLE {f3a1}");
        lines.ShouldNotContain("a=rtcp-rsize");
    }

    [Fact]
    public void TryAnswer_VideoAndData_AreRefusedWithPortZeroOutsideTheBundle()
    {
        var negotiation = Accept(BrowserOffers.SafariWithVideoAndData, TestAnswer.ToTeacher);
        string[] lines = Lines(negotiation.Answer);
        lines.ShouldContain("a=group:BUNDLE 0");
        lines.Where(line => line.StartsWith("m=", StringComparison.Ordinal)).ShouldBe(
        [
            "m=audio 3478 UDP/TLS/RTP/SAVPF 111",
            "m=video 0 UDP/TLS/RTP/SAVPF 96 97",
            "m=application 0 UDP/DTLS/SCTP webrtc-datachannel",
        ]);
        lines.Where(line => line.StartsWith("a=mid:", StringComparison.Ordinal)).ShouldBe(["a=mid:0", "a=mid:1", "a=mid:2"]);
        lines.ShouldNotContain(line => line.StartsWith("a=rtcp-fb", StringComparison.Ordinal), "nothing is sent a second time");
        negotiation.Remote.UsesDtx.ShouldBeTrue();
    }

    [Fact]
    public void TryAnswer_TwoAudioLines_AreTooManyOfATeacher_AndOfAStudentTheFirstThatFitsIsTaken()
    {
        string second = BrowserOffers.FirefoxRecvOnly[BrowserOffers.FirefoxRecvOnly.IndexOf("m=audio", StringComparison.Ordinal)..]
            .Replace("a=mid:{f3a1}", "a=mid:b", StringComparison.Ordinal) + $"a=fingerprint:sha-256 {BrowserOffers.Sha256}\n";
        Refuse(BrowserOffers.ChromiumSendOnly + second, TestAnswer.ToTeacher).Detail.ShouldContain("several audio m-lines");

        var negotiation = Accept(BrowserOffers.ChromiumSendOnly + second, TestAnswer.ToStudent);
        negotiation.Remote.Mid.ShouldBe("b");
        string[] lines = Lines(negotiation.Answer);
        lines.ShouldContain("m=audio 0 UDP/TLS/RTP/SAVPF 111 63 9 0 8 13 110 126");
        lines.ShouldNotContain(line => line.StartsWith("a=group", StringComparison.Ordinal), "b is in no bundle");
    }

    [Theory]
    [InlineData("actpass", SdpSetup.Passive)]
    [InlineData("active", SdpSetup.Passive)]
    [InlineData("passive", SdpSetup.Active)]
    public void TryAnswer_Setup_IsAnsweredByTheOtherRole(string offered, SdpSetup ours)
    {
        var negotiation = Accept(Change("a=setup:actpass", $"a=setup:{offered}"), TestAnswer.ToTeacher);
        negotiation.Setup.ShouldBe(ours);
        Lines(negotiation.Answer).ShouldContain($"a=setup:{(ours == SdpSetup.Active ? "active" : "passive")}");
    }

    [Fact]
    public void TryAnswer_BundleOnlyAudio_TakesTheTransportOfTheTaggedSection()
    {
        string offer = $"""
            v=0
            o=- 1 2 IN IP4 127.0.0.1
            s=-
            t=0 0
            a=group:BUNDLE v a
            m=video 9 UDP/TLS/RTP/SAVPF 96
            a=mid:v
            a=ice-ufrag:tagged
            a=ice-pwd:0123456789012345678901
            a=fingerprint:sha-512 {string.Join(':', Enumerable.Repeat("ab", 64))}
            a=setup:active
            a=rtcp-mux
            a=rtpmap:96 VP8/90000
            m=audio 0 UDP/TLS/RTP/SAVPF 96
            a=bundle-only
            a=mid:a
            a=rtcp-mux
            a=rtpmap:96 OPUS/48000/2
            """;
        var negotiation = Accept(offer, TestAnswer.ToTeacher);
        negotiation.Remote.Ice.Ufrag.ShouldBe("tagged");
        negotiation.Remote.Fingerprints[0].Algorithm.ShouldBe("sha-512");
        negotiation.Remote.Direction.ShouldBe(SdpDirection.SendRecv);
        negotiation.Remote.OpusPayloadType.ShouldBe((byte)96);
        Lines(negotiation.Answer).ShouldContain("a=group:BUNDLE a");
    }

    [Fact]
    public void TryAnswer_Options_AreWritten()
    {
        string[] lines = Lines(Accept(BrowserOffers.ChromiumSendOnly, TestAnswer.ToTeacher with { UseDtx = true, MaxAverageBitrate = 32000 }).Answer);
        lines.ShouldContain("a=fmtp:111 minptime=10;useinbandfec=1;usedtx=1;maxaveragebitrate=32000");

        var ipv6 = IceCandidate.Host(TransportAddress.From(IPAddress.Parse("2001:db8::5"), 3478), 0);
        Lines(Accept(BrowserOffers.ChromiumSendOnly, TestAnswer.ToTeacher with { Candidates = [ipv6] }).Answer).ShouldContain("c=IN IP6 2001:db8::5");
        lines = Lines(Accept(BrowserOffers.ChromiumSendOnly, TestAnswer.ToTeacher with { Candidates = [] }).Answer);
        lines.ShouldContain("m=audio 9 UDP/TLS/RTP/SAVPF 111");
        lines.ShouldContain("c=IN IP4 0.0.0.0");
    }

    [Theory]
    [InlineData("m=audio 58827", "m=video 58827", "no audio m-line")]
    [InlineData("m=audio 58827", "m=audio 0", "no audio m-line")]
    [InlineData("opus/48000/2", "vorbis/48000/2", "Opus")]
    [InlineData("SAVPF 111", "SAVPF 112", "Opus")]
    [InlineData("a=rtcp-mux", "a=x", "rtcp-mux")]
    [InlineData("a=ice-ufrag:LXB3", "a=x", "ice-ufrag")]
    [InlineData("a=ice-pwd:WWuE58QWPIUxNPrTd7wbVh64", "a=x", "ice-pwd")]
    [InlineData("a=fingerprint:sha-256", "a=x", "no a=fingerprint")]
    [InlineData("a=fingerprint:sha-256", "a=fingerprint:sha-1", "sha-256")]
    [InlineData("8C:7E:", "8C:", "sha-256")]
    [InlineData("a=setup:actpass", "a=setup:holdconn", "a=setup")]
    [InlineData("a=sendonly", "a=inactive", "a=inactive")]
    [InlineData("a=sendonly", "a=recvonly", "a=recvonly")]
    [InlineData("a=group:BUNDLE 0", "a=ice-lite", "ice-lite")]
    [InlineData("UDP/TLS/RTP/SAVPF", "RTP/AVP", "SRTP")]
    public void TryAnswer_WhatCannotBeServed_IsUnacceptableWithASentence(string good, string bad, string detail)
    {
        var error = Refuse(Change(good, bad), TestAnswer.ToTeacher);
        error.Kind.ShouldBe(SdpErrorKind.Unacceptable);
        error.Detail.ShouldContain(detail);
        error.Detail.ShouldEndWith(".");
    }

    [Theory]
    [InlineData("a=ice-ufrag:LXB3", "a=ice-ufrag:LX")]
    [InlineData("a=ice-pwd:WWuE58QWPIUxNPrTd7wbVh64", "a=ice-pwd:short")]
    [InlineData("a=ice-pwd:WWuE58QWPIUxNPrTd7wbVh64", "a=ice-pwd:WWuE58QWPIUxNPrTd7wbVh64<>")]
    [InlineData("a=mid:0", "a=mid:0 1")]
    public void TryAnswer_BrokenAttributes_AreMalformed(string good, string bad) =>
        Refuse(Change(good, bad), TestAnswer.ToTeacher).Kind.ShouldBe(SdpErrorKind.Malformed);

    [Fact]
    public void TryAnswer_NoMid_IsServedWithoutOne()
    {
        var negotiation = Accept(Change("a=mid:0", "a=x").Replace("a=group:BUNDLE 0\n", "", StringComparison.Ordinal), TestAnswer.ToTeacher);
        negotiation.Remote.Mid.ShouldBe("");
        negotiation.Answer.ShouldNotContain("a=mid");
        negotiation.Answer.ShouldNotContain("a=group");
    }

    [Fact]
    public void TryAnswer_ExtensionIdsThatNeedTwoByteHeaders_AreNotAccepted()
    {
        var negotiation = Accept(Change("a=extmap:4 urn", "a=extmap:15 urn"), TestAnswer.ToTeacher);
        negotiation.Remote.MidExtensionId.ShouldBeNull();
        negotiation.Answer.ShouldNotContain("sdes:mid");
    }

    private static string Change(string good, string bad) => BrowserOffers.ChromiumSendOnly.Replace(good, bad, StringComparison.Ordinal);

    private static string[] Lines(string sdp)
    {
        sdp.ShouldEndWith("\r\n");
        return sdp.Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
    }

    private static SdpNegotiation Accept(string offer, SdpAnswerOptions options)
    {
        SdpOffer.TryParse(offer, out var parsed, out var error).ShouldBeTrue(error?.Detail);
        SdpAnswerer.TryAnswer(parsed!, options, out var negotiation, out error).ShouldBeTrue(error?.Detail);
        error.ShouldBeNull();
        return negotiation!;
    }

    private static SdpError Refuse(string offer, SdpAnswerOptions options)
    {
        SdpOffer.TryParse(offer, out var parsed, out var error).ShouldBeTrue(error?.Detail);
        SdpAnswerer.TryAnswer(parsed!, options, out var negotiation, out error).ShouldBeFalse();
        negotiation.ShouldBeNull();
        return error.ShouldNotBeNull();
    }
}
