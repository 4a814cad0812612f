using System.Net;
using Ttm.Rtc.Dtls;
using Ttm.Rtc.Ice;
using Ttm.Rtc.Sdp;

namespace Ttm.Rtc.Tests.Sdp;

internal static class TestAnswer
{
    public static readonly DtlsFingerprint Fingerprint = DtlsFingerprint.Of("a certificate"u8);
    public static readonly IceCandidate Udp = IceCandidate.Host(TransportAddress.From(IPAddress.Parse("203.0.113.5"), 3478), 8191);

    public static readonly IceCandidate Tcp = IceCandidate.Host(
        TransportAddress.From(IPAddress.Parse("203.0.113.5"), 3478).Via(TransportKind.Tcp, 0), 8191);

    public static SdpAnswerOptions ToTeacher => new()
    {
        Direction = SdpDirection.RecvOnly,
        SessionId = 42,
        Ice = new IceCredentials("servUFRG", "serverPassword/24+chars1"),
        Fingerprint = Fingerprint,
        Candidates = [Udp, Tcp],
    };

    public static SdpAnswerOptions ToStudent => ToTeacher with
    {
        Direction = SdpDirection.SendOnly,
        Source = new SdpSource(0x12345678, "cname", "lesson", "audio"),
    };
}
