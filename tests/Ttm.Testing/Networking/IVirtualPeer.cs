using Ttm.Rtc;

namespace Ttm.Testing.Networking;

/// <summary>
/// What the virtual network wants of a peer: the shape that sans-IO cores have anyway. After every <see cref="Receive"/> and
/// <see cref="Tick"/>, and after every scripted action, the network takes the peer's datagrams until there are none.
/// </summary>
public interface IVirtualPeer
{
    /// <summary>When <see cref="Tick"/> has something to do; <see cref="Instant.Never"/> where it has not.</summary>
    Instant NextTick { get; }

    void Receive(ReadOnlySpan<byte> datagram, in TransportAddress from, Instant now);

    void Tick(Instant now);

    /// <summary>The next datagram to send; false where there is none.</summary>
    bool TryTakeDatagram(Span<byte> buffer, out int length, out TransportAddress to);
}
