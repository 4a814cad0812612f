using System.Buffers.Binary;
using Ttm.Rtc.Dtls;
using Ttm.Rtc.Ice;
using Ttm.Rtc.Rtp;
using Ttm.Rtc.Sdp;

namespace Ttm.Rtc;

/// <summary>
/// The other end of a session: what a browser does with WHIP or WHEP, for the load tool and for tests. Makes an offer, takes the answer, and is
/// then a controlling ICE agent and an active DTLS client behind one <see cref="RtcSession"/>.
/// </summary>
public sealed class RtcClient
{
    private const byte OfferedPayloadType = 111;

    private readonly IRandomness _randomness;
    private readonly DtlsCertificate _certificate;

    /// <param name="publishes">True to send (WHIP), false to hear (WHEP).</param>
    public RtcClient(bool publishes, DtlsCertificate certificate, IRandomness randomness)
    {
        _randomness = randomness;
        _certificate = certificate;
        Local = IceCredentials.Generate(randomness);
        Span<byte> random = stackalloc byte[12];
        randomness.Fill(random);
        Ssrc = BinaryPrimitives.ReadUInt32BigEndian(random) | 1;
        Offer = new SdpClientOffer
        {
            Direction = publishes ? SdpDirection.SendOnly : SdpDirection.RecvOnly,
            SessionId = BinaryPrimitives.ReadUInt64BigEndian(random[4..]),
            Ice = Local,
            Fingerprint = certificate.Fingerprint,
            Source = publishes ? new SdpSource(Ssrc, "client", "client", "audio") : null,
            PayloadType = OfferedPayloadType,
        }.Write();
    }

    /// <summary>The SDP to POST.</summary>
    public string Offer { get; }

    public IceCredentials Local { get; }

    /// <summary>Of what it publishes.</summary>
    public uint Ssrc { get; }

    public byte PayloadType { get; private set; } = OfferedPayloadType;

    /// <summary>Null until the answer is applied.</summary>
    public RtcSession? Session { get; private set; }

    public bool TryApplyAnswer(string sdp, Instant now, out string? error)
    {
        error = null;
        if (!SdpAnswer.TryParse(sdp, out var answer, out var reason))
        {
            error = reason!.Detail;
            return false;
        }

        var audio = answer!.Audio;
        PayloadType = audio.OpusPayloadType;
        var candidates = new List<TransportAddress>();
        foreach (var candidate in audio.Candidates)
        {
            if (candidate.Transport == IceTransport.Udp && candidate.TryGetAddress(out var address))
                candidates.Add(address);
        }

        var ice = new IceControllingAgent(Local, audio.Ice, candidates, _randomness, now);
        Session = new RtcSession(ice, new DtlsTransport(_certificate, DtlsRole.Active, audio.Fingerprints));
        return true;
    }

    /// <summary>Writes and protects one packet of the stream; 0 where no keys are there yet.</summary>
    public int WritePacket(Span<byte> buffer, bool marker, ushort sequenceNumber, uint timestamp, ReadOnlySpan<byte> payload)
    {
        int length = RtpPacket.WriteHeader(buffer, marker, PayloadType, sequenceNumber, timestamp, Ssrc);
        payload.CopyTo(buffer[length..]);
        return Session is not null && Session.TryProtectRtp(buffer, length + payload.Length, out int protectedLength) ? protectedLength : 0;
    }
}
