using Ttm.Rtc.Dtls;
using Ttm.Rtc.Ice;

namespace Ttm.Rtc.Sdp;

/// <summary>What this server brings to an answer.</summary>
public sealed record SdpAnswerOptions
{
    /// <summary><see cref="SdpDirection.RecvOnly"/> towards a teacher, <see cref="SdpDirection.SendOnly"/> towards a student.</summary>
    public required SdpDirection Direction { get; init; }

    /// <summary>A random number for the <c>o=</c> line; 63 bits of it are used.</summary>
    public required ulong SessionId { get; init; }

    public required IceCredentials Ice { get; init; }

    public required DtlsFingerprint Fingerprint { get; init; }

    /// <summary>The most wanted first; see <see cref="IceCandidate.Host"/>.</summary>
    public required IReadOnlyList<IceCandidate> Candidates { get; init; }

    /// <summary>What is sent; needed with <see cref="SdpDirection.SendOnly"/>.</summary>
    public SdpSource? Source { get; init; }

    /// <summary>Asks the peer for <c>usedtx=1</c>.</summary>
    public bool UseDtx { get; init; }

    /// <summary>In bit/s, 6000 to 510000; null leaves it to the peer.</summary>
    public int? MaxAverageBitrate { get; init; }
}

/// <summary>The outcome of offer and answer.</summary>
/// <param name="Answer">The SDP to send back, with CRLF.</param>
/// <param name="Remote">What the peer said of the stream; payload type and extension ids are those of both ends.</param>
/// <param name="Setup">Our DTLS role: <see cref="SdpSetup.Active"/> or <see cref="SdpSetup.Passive"/>.</param>
public sealed record SdpNegotiation(string Answer, SdpAudio Remote, SdpSetup Setup);
