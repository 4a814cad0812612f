using Ttm.Rtc;

namespace Ttm.Testing.Networking;

/// <summary>A peer's place in the network.</summary>
public sealed class VirtualEndpoint
{
    internal VirtualEndpoint(IVirtualPeer peer, TransportAddress address)
    {
        Peer = peer;
        Address = address;
    }

    public IVirtualPeer Peer { get; }

    /// <summary>What the others see as the source of its datagrams; <see cref="VirtualNetwork.Rebind"/> changes it.</summary>
    public TransportAddress Address { get; internal set; }
}
