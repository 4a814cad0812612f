using Ttm.Rtc.Dtls;
using Ttm.Rtc.Ice;

namespace Ttm.Rtc.Sdp;

/// <summary>What the peer's SDP says of the one audio stream that is used.</summary>
public sealed record SdpAudio
{
    /// <summary>"" where the peer gave none.</summary>
    public required string Mid { get; init; }

    /// <summary>As the peer sees it.</summary>
    public required SdpDirection Direction { get; init; }

    public required byte OpusPayloadType { get; init; }

    /// <summary><c>useinbandfec=1</c>: the peer would like to receive forward error correction (RFC 7587 section 6.1).</summary>
    public bool UsesInbandFec { get; init; }

    /// <summary><c>usedtx=1</c>: the peer would like to receive discontinuous transmission.</summary>
    public bool UsesDtx { get; init; }

    /// <summary>The id of <c>urn:ietf:params:rtp-hdrext:sdes:mid</c>, 1 to 14 (RFC 8285, RFC 9143).</summary>
    public byte? MidExtensionId { get; init; }

    /// <summary>The id of <c>urn:ietf:params:rtp-hdrext:ssrc-audio-level</c>, 1 to 14 (RFC 6464).</summary>
    public byte? AudioLevelExtensionId { get; init; }

    public required IceCredentials Ice { get; init; }

    public bool IsIceLite { get; init; }

    public required IReadOnlyList<IceCandidate> Candidates { get; init; }

    public bool EndOfCandidates { get; init; }

    /// <summary>At least one.</summary>
    public required IReadOnlyList<DtlsFingerprint> Fingerprints { get; init; }

    public required SdpSetup Setup { get; init; }

    /// <summary>The first <c>a=ssrc</c>, where there is one.</summary>
    public uint? Ssrc { get; init; }

    public string? Cname { get; init; }

    public bool ReducedSizeRtcp { get; init; }

    /// <summary>As in the m-line.</summary>
    internal string Protocol { get; init; } = "";

    internal bool IsBundled { get; init; }
}
