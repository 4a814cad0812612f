using Ttm.Net;
using Ttm.Rtc;
using Ttm.Rtc.Dtls;
using Ttm.Rtc.Ice;
using Ttm.Rtc.Sdp;
using Ttm.Sfu.Media;
using Ttm.Testing;

namespace Ttm.Sfu.Tests;

/// <summary>A media loop without sockets or threads, its publication, and clients that have exchanged SDP with it.</summary>
internal sealed class MediaHarness : IDisposable
{
    public static readonly TransportAddress Server = TransportAddress.FromIPv4(0xC0000201, 3478);
    private readonly SeededRandomness _randomness;
    private readonly DtlsCertificate _certificate = DtlsCertificate.Create(DateTimeOffset.UtcNow);

    public MediaHarness(ulong seed)
    {
        _randomness = new SeededRandomness(seed);
        Loop = new MediaLoop(Socket, new MediaClock(TimeProvider.System), (_, fault) => throw fault);
    }

    public MemorySocket Socket { get; } = new();

    public MediaLoop Loop { get; }

    public Publication Publication { get; } = new();

    public (RtcClient Client, MediaSession Session) Add(bool publishes, Instant now)
    {
        var client = new RtcClient(publishes, _certificate, _randomness);
        SdpOffer.TryParse(client.Offer, out var offer, out _).ShouldBeTrue();
        var local = IceCredentials.Generate(_randomness);
        var source = LocalSource.Generate(_randomness);
        var options = new SdpAnswerOptions
        {
            Direction = publishes ? SdpDirection.RecvOnly : SdpDirection.SendOnly,
            SessionId = 1,
            Ice = local,
            Fingerprint = _certificate.Fingerprint,
            Candidates = [IceCandidate.Host(Server, 1)],
            Source = new SdpSource(source.Ssrc, "c", "s", "t"),
        };
        SdpAnswerer.TryAnswer(offer!, options, out var negotiation, out _).ShouldBeTrue();
        var remote = negotiation!.Remote;
        var transport = new RtcSession(
            new IceLiteAgent(local, remote.Ice, now),
            new DtlsTransport(_certificate, DtlsRole.Passive, remote.Fingerprints));
        MediaSession session;
        if (publishes)
        {
            var publisher = new Publisher("teacher", transport, Publication, remote.OpusPayloadType, remote.AudioLevelExtensionId ?? 0, source, _randomness, now);
            Publication.Publish(publisher, now);
            session = publisher;
        }
        else
        {
            session = new Subscription("student", transport, remote.OpusPayloadType, source, _randomness, now);
        }

        Loop.Add(session, now);
        client.TryApplyAnswer(negotiation.Answer, now, out _).ShouldBeTrue();
        return (client, session);
    }

    public void Dispose() => _certificate.Dispose();
}
