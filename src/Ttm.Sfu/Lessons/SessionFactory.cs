using System.Buffers.Binary;
using System.Buffers.Text;
using Ttm.Rtc;
using Ttm.Rtc.Dtls;
using Ttm.Rtc.Ice;
using Ttm.Rtc.Sdp;
using Ttm.Sfu.Media;

namespace Ttm.Sfu.Lessons;

/// <summary>Makes a connection out of an offer: the answer, and the media session behind it.</summary>
internal sealed class SessionFactory(MediaPort port)
{
    public LessonResult<(LessonSession Session, string Answer)> Create(SessionOwner owner, string offer, Publication publication)
    {
        var local = IceCredentials.Generate(port.Randomness);
        var source = LocalSource.Generate(port.Randomness);
        var negotiated = Negotiate(offer, owner.IsTeacher, local, source);
        if (!negotiated.Succeeded)
            return LessonResult.Fail<(LessonSession, string)>(negotiated.Failure, negotiated.Detail!);

        var negotiation = negotiated.Value!;
        var remote = negotiation.Remote;
        var now = port.Clock.Now;
        var dtls = new DtlsTransport(port.Certificate, negotiation.Setup == SdpSetup.Active ? DtlsRole.Active : DtlsRole.Passive, remote.Fingerprints);
        var transport = new RtcSession(new IceLiteAgent(local, remote.Ice, now), new OffloadedDtls(dtls));
        string id = Base64Url.EncodeToString(RandomBytes(16));
        MediaSession media = owner.IsTeacher
            ? new Publisher(id, transport, publication, remote.OpusPayloadType, remote.AudioLevelExtensionId ?? 0, source, port.Randomness, now)
            : new Subscription(id, transport, remote.OpusPayloadType, source, port.Randomness, now);
        return (new LessonSession(media, owner, local, remote.Ice), negotiation.Answer);
    }

    /// <summary>Whether <see cref="Create"/> would take the offer.</summary>
    public LessonResult<bool> Check(string offer, bool isTeacher)
    {
        var negotiated = Negotiate(offer, isTeacher, IceCredentials.Generate(port.Randomness), LocalSource.Generate(port.Randomness));
        return negotiated.Succeeded ? true : LessonResult.Fail<bool>(negotiated.Failure, negotiated.Detail!);
    }

    /// <summary>Begins a new ICE generation and gives the fragment that tells the peer of it.</summary>
    public async Task<string> RestartAsync(LessonSession session, IceCredentials remote, string? mid)
    {
        var local = IceCredentials.Generate(port.Randomness);
        await port.InvokeAsync((loop, now) =>
        {
            loop.Restart(session.Media, local, remote, now);
            return true;
        });
        session.BeginGeneration(local, remote);
        return new IceFragment { Credentials = local, Mid = mid ?? "0", Candidates = GetCandidates(), EndOfCandidates = true, IsIceLite = true }.Write();
    }

    private LessonResult<SdpNegotiation> Negotiate(string offer, bool isTeacher, IceCredentials local, LocalSource source)
    {
        if (!SdpOffer.TryParse(offer, out var parsed, out var error))
            return Refuse(error!);
        var options = new SdpAnswerOptions
        {
            Direction = isTeacher ? SdpDirection.RecvOnly : SdpDirection.SendOnly,
            SessionId = BinaryPrimitives.ReadUInt64BigEndian(RandomBytes(8)),
            Ice = local,
            Fingerprint = port.Certificate.Fingerprint,
            Candidates = GetCandidates(),
            Source = isTeacher ? null : new SdpSource(source.Ssrc, source.CnameText, "ttm", "audio"),
            UseDtx = isTeacher && port.Options.UseDtx,
        };
        return SdpAnswerer.TryAnswer(parsed!, options, out var negotiation, out error) ? negotiation! : Refuse(error!);
    }

    private static LessonResult<SdpNegotiation> Refuse(SdpError error) => LessonResult.Fail<SdpNegotiation>(
        error.Kind == SdpErrorKind.Malformed ? LessonFailure.MalformedSdp : LessonFailure.UnacceptableSdp,
        error.Detail);

    private List<IceCandidate> GetCandidates() => [.. GetCandidates(port.Addresses), .. GetCandidates(port.TcpAddresses)];

    private static IEnumerable<IceCandidate> GetCandidates(IReadOnlyList<TransportAddress> addresses) =>
        addresses.Select((address, index) => IceCandidate.Host(address, addresses.Count - index));

    private byte[] RandomBytes(int count)
    {
        byte[] bytes = new byte[count];
        port.Randomness.Fill(bytes);
        return bytes;
    }
}
