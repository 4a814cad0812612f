using Ttm.Rtc;

namespace Ttm.Turn;

/// <summary>By which relay a peer is reached.</summary>
internal enum PeerRoute : byte
{
    Refused = 0,

    /// <summary>This server's own media port: straight into the media loop.</summary>
    Media,

    /// <summary>A relay socket.</summary>
    Socket,
}

/// <summary>
/// Which peers a client may reach (RFC 8656 section 21.1.4). Nobody but the own media port, unless an administrator allows it: and then a
/// wide entry such as <c>0.0.0.0/0</c> opens no address of <see cref="SpecialAddresses"/>; for these the entry must lie within their block.
/// </summary>
internal sealed class PeerPolicy
{
    private readonly TransportAddress[] _public;
    private readonly TransportAddress[] _own;
    private readonly ushort _mediaPort;
    private readonly AddressBlock[] _allowed;

    public PeerPolicy(TurnHost host, AddressBlock[] allowed)
    {
        _public = [.. host.PublicAddresses.Select(address => TransportAddress.From(address, 0))];
        _own = [.. host.OwnAddresses.Select(address => TransportAddress.From(address, 0)), .. _public];
        _mediaPort = host.MediaPort;
        _allowed = allowed;
    }

    /// <summary>
    /// A permission names no port, so one for the server's own address is granted; what goes out is judged by <see cref="Route"/>.
    /// </summary>
    public bool MayPermit(in TransportAddress peer) => (_mediaPort != 0 && Has(_public, peer)) || IsAllowed(peer);

    public PeerRoute Route(in TransportAddress peer)
    {
        bool isOwn = Has(_own, peer);
        if (isOwn && _mediaPort != 0 && peer.Port == _mediaPort && MayPermit(peer))
            return PeerRoute.Media;
        if (peer.Port == 0 || !IsAllowed(peer))
            return PeerRoute.Refused;
        return !isOwn || IsOpenedByName(peer) ? PeerRoute.Socket : PeerRoute.Refused;
    }

    private bool IsAllowed(in TransportAddress peer)
    {
        if (_allowed.Length == 0 || SpecialAddresses.IsNeverAPeer(peer))
            return false;
        if (SpecialAddresses.TryGetEmbeddedIPv4(peer, out var embedded) && !IsAllowed(embedded))
            return false;

        bool isSpecial = SpecialAddresses.TryGetBlock(peer, out var special);
        foreach (ref readonly var entry in _allowed.AsSpan())
        {
            if (entry.Contains(peer) && (!isSpecial || entry.IsWithin(special)))
                return true;
        }

        return false;
    }

    /// <summary>Other ports of the server itself (its API, a database) need more than a range that happens to hold its address.</summary>
    private bool IsOpenedByName(in TransportAddress peer)
    {
        foreach (ref readonly var entry in _allowed.AsSpan())
        {
            if (entry.Contains(peer) && (entry.IsOneAddress || SpecialAddresses.IsLoopback(entry)))
                return true;
        }

        return false;
    }

    private static bool Has(TransportAddress[] addresses, in TransportAddress peer)
    {
        foreach (ref readonly var address in addresses.AsSpan())
        {
            if (address.High == peer.High && address.Low == peer.Low)
                return true;
        }

        return false;
    }
}
