namespace Ttm.Rtc;

/// <summary>
/// Why a datagram was not used. Hostile bytes never throw: every parser says <c>false</c>, every receiver says why, and the
/// shell counts by reason. <see cref="None"/> means that the datagram was used.
/// </summary>
public enum DropReason : byte
{
    None = 0,

    /// <summary>Empty, too long, or of no protocol that RFC 7983 knows.</summary>
    UnknownProtocol,

    /// <summary>Not STUN, from an address that has passed no check.</summary>
    UnknownAddress,

    MalformedStun,

    /// <summary>No session has this user name.</summary>
    UnknownUfrag,

    /// <summary>MESSAGE-INTEGRITY is missing or wrong.</summary>
    BadIntegrity,

    BadFingerprint,

    /// <summary>A STUN method, class or response that nobody here waits for.</summary>
    UnexpectedStun,

    /// <summary>Before the ICE check succeeded, or from an address without one.</summary>
    NotConnected,

    MalformedDtls,

    /// <summary>The DTLS handshake failed or the peer's certificate has another fingerprint than its SDP.</summary>
    DtlsFailed,

    MalformedRtp,

    MalformedRtcp,

    /// <summary>SRTP or SRTCP before the DTLS handshake gave the keys.</summary>
    NoKeys,

    /// <summary>The authentication tag is wrong.</summary>
    BadAuthentication,

    /// <summary>Seen before, or older than the replay window (RFC 3711 section 3.3.2).</summary>
    Replayed,

    /// <summary>More SSRCs in one session than are kept.</summary>
    TooManyStreams,

    /// <summary>RTP from one who may only receive.</summary>
    NotPublishing,

    /// <summary>A payload type that was not negotiated.</summary>
    UnknownPayloadType,

    /// <summary>Padding only: neither forwarded nor recorded (RFC 3550 section 5.1).</summary>
    PaddingOnly,

    /// <summary>Came after its successors had gone to the listener.</summary>
    TooLate,

    /// <summary>Two packets with one sequence number.</summary>
    Duplicate,

    /// <summary>A queue with a limit was full.</summary>
    QueueFull,

    /// <summary>The socket refused it.</summary>
    SendFailed,

    /// <summary>ChannelData that is cut short or too long.</summary>
    MalformedChannelData,

    /// <summary>No allocation, or no channel of that number (RFC 8656).</summary>
    NoAllocation,

    /// <summary>No permission for that peer, or a peer that no one may reach through this server.</summary>
    NoPermission,

    /// <summary>More than its address may ask without credentials, or than its allocation may relay.</summary>
    RateLimited,
}
