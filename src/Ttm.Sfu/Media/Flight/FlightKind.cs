namespace Ttm.Sfu.Media.Flight;

/// <summary>The records of a <see cref="FlightRing"/>: what stands in the highest four bits of each one's first word.</summary>
internal enum FlightKind : byte
{
    /// <summary>Time alone, where more has passed than a record can tell. Second word: 100 µs.</summary>
    Time,

    /// <summary>Info: marker and payload type. Then the timestamp; then sequence number and size.</summary>
    RtpIn,

    /// <summary>The packet that follows the one before: next number, same step of the timestamp, no marker. Info: size.</summary>
    RtpInNext,

    RtpOut,

    RtpOutNext,

    /// <summary>Info: the first packet's type. Then fraction and cumulative loss of its first report block; then the block's jitter.</summary>
    RtcpIn,

    RtcpOut,

    /// <summary>Info: class, direction. Then the size.</summary>
    Stun,

    /// <summary>Info: direction, content type. Then the size.</summary>
    Dtls,

    /// <summary>Info: the reason, and what the datagram was. Then sequence number, where it has one, and size.</summary>
    Drop,

    /// <summary>Info: the session's state.</summary>
    State,

    /// <summary>Info: the path.</summary>
    Path,

    /// <summary>Info: 1 where the student begins to listen, or the teacher is heard; 0 where it ends.</summary>
    Listening,

    /// <summary>The teacher's stream has another source. Second word: its SSRC.</summary>
    Source,
}
