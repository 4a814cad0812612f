using Ttm.Rtc;

namespace Ttm.Turn.Allocations;

/// <summary>A relayed transport address, with its socket where other peers than the own media are allowed.</summary>
internal sealed class RelayedAddress(in TransportAddress address, IRelaySocket? socket)
{
    public TransportAddress Address { get; } = address;

    public IRelaySocket? Socket { get; } = socket;

    /// <summary>Of the allocation, in this family: RFC 8656 lets a dual allocation give up one of the two.</summary>
    public Instant Expires { get; set; }

    /// <summary>Which address of the own media the client sent to last: what the media answers comes from there.</summary>
    public TransportAddress MediaPeer { get; set; }
}
