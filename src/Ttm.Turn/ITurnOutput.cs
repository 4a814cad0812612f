using Ttm.Rtc;

namespace Ttm.Turn;

/// <summary>
/// What a <see cref="TurnServer"/> gives out, at once and on the thread that called it. Spans are valid during the call only.
/// </summary>
public interface ITurnOutput
{
    /// <summary>A STUN message or ChannelData for a client; on a stream the flow adds the padding of RFC 8656 section 12.5.</summary>
    void SendToClient(ReadOnlySpan<byte> datagram, in TransportAddress client);

    /// <summary>
    /// A datagram for this server's own media, from the relayed address <paramref name="virtualPeer"/>
    /// (<see cref="TransportKind.Relay"/>); answers go to <see cref="TurnServer.SendToRelayed"/>, also from within this call.
    /// </summary>
    void DeliverToMedia(Span<byte> payload, in TransportAddress virtualPeer, Instant now);
}

/// <summary>Opens the relay sockets for peers other than the own media port.</summary>
public interface IRelaySockets
{
    /// <summary>
    /// Null where the port is taken. What the socket receives goes to <see cref="TurnServer.ReceiveFromPeer"/> with the same
    /// <paramref name="relayed"/> address, on the server's thread.
    /// </summary>
    IRelaySocket? TryOpen(in TransportAddress relayed);
}

/// <summary>One relayed transport address. Used and disposed by the server's thread.</summary>
public interface IRelaySocket : IDisposable
{
    /// <param name="dontFragment">DONT-FRAGMENT (RFC 8656 section 15): on IPv4 the DF bit.</param>
    void Send(ReadOnlySpan<byte> payload, in TransportAddress peer, bool dontFragment);
}
