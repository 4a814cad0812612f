namespace Ttm.Net;

/// <summary>
/// Numbers for the local addresses to which datagrams come, from 1, so that a <see cref="Rtc.TransportAddress"/> holds both ends of a path: they
/// stand in its Flow. What is beyond the limit gets 0, and is answered from the address that the route chooses. One owner.
/// </summary>
internal sealed class LocalAddressTable
{
    // Far more than a machine has; a route of type "local" may make any number of them.
    private const int Limit = 256;

    private readonly LocalAddress[] _addresses = new LocalAddress[Limit];
    private readonly Dictionary<LocalAddress, uint> _numbers = new(Limit);
    private uint _last;

    public uint GetNumber(in LocalAddress address)
    {
        // Nearly all datagrams come to the address of the one before.
        if (_last != 0 && _addresses[_last - 1] == address)
            return _last;
        if (_numbers.TryGetValue(address, out uint number))
            return _last = number;
        if (_numbers.Count == Limit)
            return 0;
        _addresses[_numbers.Count] = address;
        number = (uint)_numbers.Count + 1;
        _numbers.Add(address, number);
        return _last = number;
    }

    public bool TryGet(uint number, out LocalAddress address)
    {
        bool known = number != 0 && number <= _numbers.Count;
        address = known ? _addresses[number - 1] : default;
        return known;
    }
}
