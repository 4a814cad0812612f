using Ttm.Rtc;

namespace Ttm.Turn.Allocations;

/// <summary>
/// The permissions of an allocation: addresses without ports, 5 minutes each (RFC 8656 section 9). Few as they are, they are walked;
/// expired ones are passed over, and their places used again.
/// </summary>
internal struct PermissionList
{
    public const int Limit = 64;
    private Permission[]? _items;
    private int _count;

    public readonly bool Allows(in TransportAddress peer, Instant now)
    {
        for (int i = 0; i < _count; i++)
        {
            ref var item = ref _items![i];
            if (item.Low == peer.Low && item.High == peer.High)
                return item.Expires > now;
        }

        return false;
    }

    /// <summary>How many of the places are free or can be freed.</summary>
    public readonly int Room(Instant now)
    {
        int room = Limit - _count;
        for (int i = 0; i < _count; i++)
            room += _items![i].Expires <= now ? 1 : 0;
        return room;
    }

    /// <summary>Makes or refreshes one. False where all places are taken.</summary>
    public bool TrySet(in TransportAddress peer, Instant expires, Instant now)
    {
        int free = -1;
        for (int i = 0; i < _count; i++)
        {
            ref var item = ref _items![i];
            if (item.Low == peer.Low && item.High == peer.High)
            {
                item.Expires = expires;
                return true;
            }

            if (item.Expires <= now)
                free = i;
        }

        if (free < 0)
        {
            if (_count == Limit)
                return false;
            if (_items is null || _count == _items.Length)
                Array.Resize(ref _items, Math.Max(2, _count * 2));
            free = _count++;
        }

        _items![free] = new Permission { High = peer.High, Low = peer.Low, Expires = expires };
        return true;
    }

    private struct Permission
    {
        public ulong High;
        public ulong Low;
        public Instant Expires;
    }
}
