using Ttm.Rtc;

namespace Ttm.Turn.Allocations;

/// <summary>A channel number bound to a peer's address and port, for 10 minutes (RFC 8656 section 12).</summary>
internal record struct Channel(ushort Number, TransportAddress Peer, PeerRoute Route, Instant Expires);

/// <summary>The channels of an allocation, walked as <see cref="PermissionList"/> is.</summary>
internal struct ChannelList
{
    public const int Limit = 64;
    private Channel[]? _items;
    private int _count;

    public readonly bool TryFind(ushort number, Instant now, out Channel channel)
    {
        for (int i = 0; i < _count; i++)
        {
            if (_items![i].Number == number && _items[i].Expires > now)
            {
                channel = _items[i];
                return true;
            }
        }

        channel = default;
        return false;
    }

    public readonly bool TryFind(in TransportAddress peer, Instant now, out Channel channel)
    {
        for (int i = 0; i < _count; i++)
        {
            if (_items![i].Peer == peer && _items[i].Expires > now)
            {
                channel = _items[i];
                return true;
            }
        }

        channel = default;
        return false;
    }

    /// <summary>
    /// Binds or refreshes; the caller has seen that neither the number nor the peer is bound otherwise. False where all are taken.
    /// </summary>
    public bool TrySet(in Channel channel, Instant now)
    {
        int place = -1;
        for (int i = 0; i < _count; i++)
        {
            if (_items![i].Number == channel.Number || _items[i].Expires <= now)
            {
                place = i;
                if (_items[i].Number == channel.Number)
                    break;
            }
        }

        if (place < 0)
        {
            if (_count == Limit)
                return false;
            if (_items is null || _count == _items.Length)
                Array.Resize(ref _items, Math.Max(1, _count * 2));
            place = _count++;
        }

        _items![place] = channel;
        return true;
    }
}
