using Ttm.Rtc;

namespace Ttm.Sfu.Media;

/// <summary>
/// What else lives on the media port: STUN for strangers, and TURN. It gets the datagrams that belong to no session, and carries those to
/// addresses of <see cref="TransportKind.Relay"/>. All calls come from the loop.
/// </summary>
public interface IPortGuest
{
    Instant NextTick { get; }

    /// <summary>A STUN message that is no ICE check of a session here, or ChannelData.</summary>
    DropReason Receive(Span<byte> datagram, in TransportAddress from, Instant now);

    /// <summary>Takes a session's datagram to the peer behind a relayed address. The memory is the send buffer's: copy before sending.</summary>
    void Send(ReadOnlySpan<byte> datagram, in TransportAddress to, Instant now);

    void Tick(Instant now);

    /// <summary>Whether a TCP connection that has fallen silent must stay open for the guest.</summary>
    bool IsInUse(in TransportAddress client);

    /// <summary>The client behind a relayed address, and with it the way to it; false where there is none any more.</summary>
    bool TryFindClient(in TransportAddress relayed, out TransportAddress client);

    /// <summary>A TCP connection has ended.</summary>
    void OnClosed(in TransportAddress client);
}

/// <summary>What the port does for its guest, on the loop's thread.</summary>
public interface IPortHost
{
    void Send(ReadOnlySpan<byte> datagram, in TransportAddress to);

    /// <summary>As if the datagram had come from <paramref name="from"/> by the socket.</summary>
    void Deliver(Span<byte> datagram, in TransportAddress from, Instant now);
}
