using Ttm.Rtc.Ice;
using Ttm.Rtc.Sdp;

namespace Ttm.Rtc.Tests.Sdp;

public sealed class SdpClientTests
{
    private static readonly SdpClientOffer Publish = new()
    {
        Direction = SdpDirection.SendOnly,
        SessionId = ulong.MaxValue,
        Ice = new IceCredentials("cliU", "clientpassword+22chars"),
        Fingerprint = TestAnswer.Fingerprint,
        Source = new SdpSource(77, "me", "stream", "track"),
        UseDtx = true,
    };

    private static readonly SdpClientOffer Listen = Publish with { Direction = SdpDirection.RecvOnly, Source = null };

    [Fact]
    public void Offer_ToPublish_IsAnsweredAndTheAnswerRead()
    {
        var negotiation = Negotiate(Publish, TestAnswer.ToTeacher);
        negotiation.Remote.Ice.ShouldBe(Publish.Ice);
        negotiation.Remote.Ssrc.ShouldBe(77u);
        negotiation.Remote.Cname.ShouldBe("me");
        negotiation.Remote.UsesDtx.ShouldBeTrue();
        negotiation.Remote.ReducedSizeRtcp.ShouldBeTrue();
        negotiation.Remote.MidExtensionId.ShouldBe((byte)4);

        SdpAnswer.TryParse(negotiation.Answer, out var answer, out var error).ShouldBeTrue(error?.Detail);
        var audio = answer!.Audio;
        audio.Ice.ShouldBe(TestAnswer.ToTeacher.Ice);
        audio.IsIceLite.ShouldBeTrue();
        audio.Fingerprints.ShouldHaveSingleItem().ToString().ShouldBe(TestAnswer.Fingerprint.ToString());
        audio.Setup.ShouldBe(SdpSetup.Passive);
        audio.Candidates.ShouldBe([TestAnswer.Udp, TestAnswer.Tcp]);
        audio.EndOfCandidates.ShouldBeTrue();
        audio.OpusPayloadType.ShouldBe((byte)111);
        audio.Direction.ShouldBe(SdpDirection.RecvOnly);
        audio.AudioLevelExtensionId.ShouldBe((byte)1);
    }

    [Fact]
    public void Offer_ToListen_IsAnsweredWithTheServersSource()
    {
        var negotiation = Negotiate(Listen, TestAnswer.ToStudent);
        negotiation.Remote.Ssrc.ShouldBeNull();
        SdpAnswer.TryParse(negotiation.Answer, out var answer, out _).ShouldBeTrue();
        answer!.Audio.Ssrc.ShouldBe(0x12345678u);
        answer.Audio.Cname.ShouldBe("cname");
        answer.Audio.Direction.ShouldBe(SdpDirection.SendOnly);
    }

    [Fact]
    public void Offer_Passive_MakesTheServerActive()
    {
        var negotiation = Negotiate(Publish with { Setup = SdpSetup.Passive }, TestAnswer.ToTeacher);
        SdpAnswer.TryParse(negotiation.Answer, out var answer, out _).ShouldBeTrue();
        answer!.Audio.Setup.ShouldBe(SdpSetup.Active);
    }

    [Fact]
    public void TryParse_AnswerThatRefusesTheAudio_IsUnacceptable()
    {
        string refused = Negotiate(Publish, TestAnswer.ToTeacher).Answer.Replace("m=audio 3478", "m=audio 0", StringComparison.Ordinal);
        SdpAnswer.TryParse(refused, out _, out var error).ShouldBeFalse();
        error!.Kind.ShouldBe(SdpErrorKind.Unacceptable);
        SdpAnswer.TryParse("nonsense", out _, out error).ShouldBeFalse();
        error!.Kind.ShouldBe(SdpErrorKind.Malformed);
    }

    private static SdpNegotiation Negotiate(SdpClientOffer offer, SdpAnswerOptions options)
    {
        SdpOffer.TryParse(offer.Write(), out var parsed, out var error).ShouldBeTrue(error?.Detail);
        SdpAnswerer.TryAnswer(parsed!, options, out var negotiation, out error).ShouldBeTrue(error?.Detail);
        return negotiation!;
    }
}
