using System.Buffers.Binary;
using System.Net.Sockets;
using Ttm.Net;
using Ttm.Rtc;

namespace Ttm.Turn.Allocations;

/// <summary>All allocations and reservations: how they are found, how many there may be, and when they end.</summary>
internal sealed class AllocationTable
{
    private readonly Dictionary<TransportAddress, Allocation> _byClient = [];
    private readonly Dictionary<uint, Allocation> _byNumber = [];
    private readonly Dictionary<TransportAddress, Allocation> _byRelayed = [];
    private readonly Dictionary<ulong, Reservation> _reservations = [];
    private readonly Dictionary<string, int> _perUser = [];
    private readonly TimerQueue<ITimed> _timers = new();
    private readonly int _maxAllocations;
    private readonly int _maxPerUser;
    private readonly IRandomness _randomness;
    private readonly TurnMetrics _metrics;
    private uint _lastNumber;

    public AllocationTable(TurnOptions options, TurnHost host, IRelaySockets? sockets, IRandomness randomness, TurnMetrics metrics)
    {
        _maxAllocations = options.MaxAllocations;
        _maxPerUser = options.MaxAllocationsPerUser;
        _randomness = randomness;
        _metrics = metrics;
        var ports = options.ParseRelayPorts();
        IPv4 = MakePool(AddressFamily.InterNetwork);
        IPv6 = MakePool(AddressFamily.InterNetworkV6);

        RelayAddressPool? MakePool(AddressFamily family) =>
            host.PublicAddresses.FirstOrDefault(address => address.AddressFamily == family) is { } address
                ? new RelayAddressPool(address, ports, host.MediaPort, sockets, randomness)
                : null;
    }

    /// <summary>Null where the server has no address of that family.</summary>
    public RelayAddressPool? IPv4 { get; }

    public RelayAddressPool? IPv6 { get; }

    public int Count => _byNumber.Count;

    public Instant NextTick => _timers.NextDue;

    public bool IsFull(int wanted) => _byNumber.Count + _reservations.Count + wanted > _maxAllocations;

    public bool IsQuotaReached(string user, int wanted) => _perUser.GetValueOrDefault(user) + wanted > _maxPerUser;

    public bool TryFindByClient(in TransportAddress client, out Allocation allocation) => _byClient.TryGetValue(client, out allocation!);

    public bool TryFindByNumber(uint number, out Allocation allocation) => _byNumber.TryGetValue(number, out allocation!);

    public bool TryFindByRelayed(in TransportAddress relayed, out Allocation allocation) =>
        _byRelayed.TryGetValue(relayed, out allocation!);

    /// <summary>Never 0, and never that of a live allocation.</summary>
    public uint NextNumber()
    {
        do
            _lastNumber++;
        while (_lastNumber == 0 || _byNumber.ContainsKey(_lastNumber));
        return _lastNumber;
    }

    public void Add(Allocation allocation)
    {
        _byClient[allocation.Client] = allocation;
        _byNumber[allocation.Number] = allocation;
        foreach (bool isIPv4 in (ReadOnlySpan<bool>)[true, false])
        {
            if (allocation.Of(isIPv4) is { } relayed)
                _byRelayed[relayed.Address] = allocation;
        }

        CountUser(allocation.User, 1);
        _metrics[allocation.Transport].Allocations++;
        _metrics[allocation.Transport].AllocationsMade++;
        SetTimer(allocation);
    }

    /// <summary>After its expiries have changed.</summary>
    public void SetTimer(Allocation allocation) => _timers.Set(allocation, allocation.NextExpiry);

    /// <summary>Ends one family of the allocation, and with the last one the allocation.</summary>
    public void Remove(Allocation allocation, RelayedAddress relayed)
    {
        _byRelayed.Remove(relayed.Address);
        (relayed.Address.IsIPv4 ? IPv4 : IPv6)!.Release(relayed);
        if (ReferenceEquals(allocation.IPv4, relayed))
            allocation.IPv4 = null;
        else
            allocation.IPv6 = null;
        if (allocation.IPv4 is not null || allocation.IPv6 is not null)
        {
            SetTimer(allocation);
            return;
        }

        allocation.IsClosed = true;
        _timers.Remove(allocation);
        _byClient.Remove(allocation.Client);
        _byNumber.Remove(allocation.Number);
        CountUser(allocation.User, -1);
        _metrics[allocation.Transport].Allocations--;
    }

    public void Remove(Allocation allocation)
    {
        if (allocation.IPv4 is { } first)
            Remove(allocation, first);
        if (allocation.IPv6 is { } second)
            Remove(allocation, second);
    }

    /// <summary>Keeps a port for its user. Returns the token.</summary>
    public ulong Reserve(RelayedAddress relayed, string user, Instant now)
    {
        Span<byte> bytes = stackalloc byte[8];
        ulong token;
        do
        {
            _randomness.Fill(bytes);
            token = BinaryPrimitives.ReadUInt64BigEndian(bytes);
        }
        while (token == 0 || _reservations.ContainsKey(token));

        var reservation = new Reservation(token, user, relayed);
        _reservations[token] = reservation;
        CountUser(user, 1);
        _timers.Set(reservation, now + Reservation.Lifetime);
        return token;
    }

    /// <summary>Takes what was reserved, for the user who reserved it.</summary>
    public RelayedAddress? TryClaim(ulong token, string user)
    {
        if (!_reservations.TryGetValue(token, out var reservation) || reservation.User != user)
            return null;
        Forget(reservation);
        return reservation.Relayed;
    }

    public bool IsReserved(ulong token, string user) => _reservations.TryGetValue(token, out var reservation) && reservation.User == user;

    public void Tick(Instant now)
    {
        while (_timers.TryTakeDue(now, out var due))
        {
            if (due is Reservation reservation)
            {
                Forget(reservation);
                (reservation.Relayed.Address.IsIPv4 ? IPv4 : IPv6)!.Release(reservation.Relayed);
            }
            else if (due is Allocation allocation)
            {
                Expire(allocation, now);
            }
        }
    }

    /// <summary>Ends everything; for the end of the shell.</summary>
    public void Clear()
    {
        foreach (var allocation in _byNumber.Values.ToArray())
            Remove(allocation);
        Tick(Instant.Never);
    }

    private void Expire(Allocation allocation, Instant now)
    {
        if (allocation.IPv4 is { } first && first.Expires <= now)
            Remove(allocation, first);
        if (allocation.IPv6 is { } second && second.Expires <= now)
            Remove(allocation, second);
    }

    private void Forget(Reservation reservation)
    {
        _timers.Remove(reservation);
        _reservations.Remove(reservation.Token);
        CountUser(reservation.User, -1);
    }

    private void CountUser(string user, int change)
    {
        int count = _perUser.GetValueOrDefault(user) + change;
        if (count == 0)
            _perUser.Remove(user);
        else
            _perUser[user] = count;
    }
}
