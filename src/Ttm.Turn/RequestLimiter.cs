using Ttm.Rtc;

namespace Ttm.Turn;

/// <summary>
/// How many requests an address may make before it has shown credentials. A table of fixed size: addresses that fall into one place share
/// its bucket while it is in use, so that a flood from invented addresses costs no memory and frees nobody.
/// </summary>
internal sealed class RequestLimiter
{
    private const int Places = 8192;
    private readonly Place[] _places = new Place[Places];
    private readonly double _perSecond;
    private readonly double _burst;

    public RequestLimiter(int perSecond)
    {
        _perSecond = perSecond;
        _burst = perSecond * 10.0;
    }

    /// <summary>False where the address has asked too much; takes nothing.</summary>
    public bool HasRoom(in TransportAddress address, Instant now) => Find(address, now).Bucket.Fill(_perSecond, _burst, now) >= 1;

    public bool TryTake(in TransportAddress address, Instant now) => Find(address, now).Bucket.TryTake(1, _perSecond, _burst, now);

    private ref Place Find(in TransportAddress address, Instant now)
    {
        // An IPv6 host has a whole /64 to itself.
        ulong low = address.IsIPv4 ? address.Low : 0;
        ref var place = ref _places[HashCode.Combine(address.High, low) & (Places - 1)];
        if (!place.IsUsed || ((place.High != address.High || place.Low != low) && place.Bucket.Fill(_perSecond, _burst, now) >= _burst))
            place = new Place { IsUsed = true, High = address.High, Low = low, Bucket = new TokenBucket(_burst, now) };
        return ref place;
    }

    private struct Place
    {
        public bool IsUsed;
        public ulong High;
        public ulong Low;
        public TokenBucket Bucket;
    }
}
