using Ttm.Rtc;
using Ttm.Rtc.Stun;

namespace Ttm.Sfu.Media.Flight;

public enum FlightEventKind
{
    Rtp,
    Rtcp,
    Stun,
    Dtls,
    Drop,
    State,
    Path,
    Listening,
    Source,
}

/// <summary>Something that happened to a session; what does not belong to its kind is null.</summary>
/// <param name="At">Since the session's start.</param>
/// <param name="IsOutgoing">Null where it is no datagram.</param>
/// <param name="Size">Bytes of the datagram; of RTCP the first packet type stands in <see cref="Type"/> instead.</param>
public sealed record FlightEvent(TimeSpan At, FlightEventKind Kind, bool? IsOutgoing = null, int? Size = null)
{
    public ushort? SequenceNumber { get; init; }

    public uint? Timestamp { get; init; }

    public bool? Marker { get; init; }

    /// <summary>RTP's payload type, RTCP's first packet type, DTLS's content type.</summary>
    public byte? Type { get; init; }

    public StunClass? StunClass { get; init; }

    /// <summary>Of RTCP's first report block: 0 to 1.</summary>
    public double? FractionLost { get; init; }

    public int? CumulativeLost { get; init; }

    /// <summary>In samples of 48 kHz.</summary>
    public uint? Jitter { get; init; }

    /// <summary>What a dropped datagram was.</summary>
    public DatagramKind? Datagram { get; init; }

    public DropReason? Reason { get; init; }

    public RtcSessionState? State { get; init; }

    public SessionPath? Path { get; init; }

    /// <summary>Of a student: it listens from now on. Of a teacher: it is heard.</summary>
    public bool? Begins { get; init; }

    public uint? Ssrc { get; init; }
}
