using Ttm.Rtc;

namespace Ttm.Testing.Networking;

/// <summary>
/// A network in memory, on a clock of its own: endpoints keyed by address, links that lose, delay, double and reorder by a seed, and a
/// queue of events. Hours pass in milliseconds, and the same seed gives the same run to the last datagram. One thread.
/// <code>
/// var network = new VirtualNetwork(seed: 1) { Conditions = new() { Loss = 0.1, Jitter = TimeSpan.FromMilliseconds(40) } };
/// var client = network.Attach(clientPeer, clientAddress);
/// network.Attach(serverPeer, serverAddress);
/// network.RunUntil(() => clientPeer.IsConnected, TimeSpan.FromSeconds(30)).ShouldBeTrue();
/// network.Rebind(client, otherAddress);
/// network.RunFor(TimeSpan.FromSeconds(5));
/// </code>
/// </summary>
public sealed class VirtualNetwork(ulong seed)
{
    // A peer that always wants to tick at once would stop the clock.
    private const int MaxEventsPerInstant = 100_000;

    private readonly SeededRandomness _randomness = new(seed);
    private readonly List<VirtualEndpoint> _endpoints = [];
    private readonly Dictionary<TransportAddress, VirtualEndpoint> _routes = [];
    private readonly Dictionary<(TransportAddress From, TransportAddress To), LinkConditions> _links = [];
    private readonly PriorityQueue<Action, (Instant At, long Order)> _events = new();
    private readonly byte[] _buffer = new byte[65_536];
    private long _order;
    private Instant _busyAt;
    private int _busyEvents;

    public FakeClock Clock { get; } = new();

    public Instant Now => Clock.Now;

    /// <summary>Of every link without conditions of its own; may be changed at any time, for the datagrams sent from then on.</summary>
    public LinkConditions Conditions { get; set; } = LinkConditions.Good;

    /// <summary>Sees every datagram as it is sent; false loses it.</summary>
    public Func<VirtualDatagram, bool>? Filter { get; set; }

    /// <summary>Sees every datagram as it is delivered.</summary>
    public Action<VirtualDatagram>? Delivered { get; set; }

    public int SentCount { get; private set; }

    /// <summary>Lost on the link, by the filter, or for want of a route.</summary>
    public int LostCount { get; private set; }

    /// <summary>Copies count.</summary>
    public int DeliveredCount { get; private set; }

    public VirtualEndpoint Attach(IVirtualPeer peer, TransportAddress address)
    {
        var endpoint = new VirtualEndpoint(peer, address);
        _routes.Add(address, endpoint);
        _endpoints.Add(endpoint);
        return endpoint;
    }

    /// <summary>The endpoint falls silent, as when a machine is switched off.</summary>
    public void Detach(VirtualEndpoint endpoint)
    {
        _endpoints.Remove(endpoint);
        foreach (var address in _routes.Where(route => route.Value == endpoint).Select(route => route.Key).ToList())
            _routes.Remove(address);
    }

    /// <summary>
    /// The endpoint's address becomes another one without the peer's knowledge: a NAT's new binding, or Wi-Fi to mobile.
    /// </summary>
    /// <param name="keepOld">True where datagrams to the old address still arrive.</param>
    public void Rebind(VirtualEndpoint endpoint, TransportAddress address, bool keepOld = false)
    {
        if (!keepOld)
            _routes.Remove(endpoint.Address);
        _routes.Add(address, endpoint);
        endpoint.Address = address;
    }

    /// <summary>Sets the conditions of one direction between two addresses; null for the network's.</summary>
    public void SetLink(TransportAddress from, TransportAddress to, LinkConditions? conditions)
    {
        if (conditions is null)
            _links.Remove((from, to));
        else
            _links[(from, to)] = conditions;
    }

    /// <summary>Runs the action at the instant, at once where that has passed; then takes what the peers want to send.</summary>
    public void At(Instant instant, Action action) => _events.Enqueue(action, (instant < Now ? Now : instant, _order++));

    public void After(TimeSpan span, Action action) => At(Now + span, action);

    /// <summary>Puts a datagram on the link as if an endpoint at <paramref name="from"/> had sent it.</summary>
    public void Inject(TransportAddress from, TransportAddress to, ReadOnlySpan<byte> bytes) => Send(from, to, bytes.ToArray());

    public void RunFor(TimeSpan span) => RunUntil(Now + span);

    /// <summary>Runs all that happens up to and at the instant, which then is now.</summary>
    public void RunUntil(Instant instant)
    {
        RunUntil(() => false, instant - Now);
    }

    /// <summary>Runs until the condition holds after an event; false, with the clock at the limit, where it never does.</summary>
    public bool RunUntil(Func<bool> condition, TimeSpan limit)
    {
        var end = Now + limit;
        Drain();
        while (!condition())
        {
            var next = GetNextEvent();
            if (next > end)
            {
                Clock.AdvanceTo(end);
                return condition();
            }

            Step(next);
        }

        return true;
    }

    private Instant GetNextEvent()
    {
        var next = _events.TryPeek(out _, out var head) ? head.At : Instant.Never;
        foreach (var endpoint in _endpoints)
            next = Instant.Min(next, endpoint.Peer.NextTick);
        return next < Now ? Now : next;
    }

    private void Step(Instant at)
    {
        Clock.AdvanceTo(at);
        _busyEvents = at == _busyAt ? _busyEvents + 1 : 0;
        _busyAt = at;
        if (_busyEvents > MaxEventsPerInstant)
            throw new InvalidOperationException($"More than {MaxEventsPerInstant} events at one instant: a peer's NextTick never moves on.");

        if (_events.TryPeek(out _, out var head) && head.At <= at)
            _events.Dequeue()();
        foreach (var endpoint in _endpoints.ToArray())
        {
            if (endpoint.Peer.NextTick <= at)
                endpoint.Peer.Tick(at);
        }

        Drain();
    }

    private void Drain()
    {
        foreach (var endpoint in _endpoints.ToArray())
        {
            while (endpoint.Peer.TryTakeDatagram(_buffer, out int length, out var to))
                Send(endpoint.Address, to, _buffer[..length]);
        }
    }

    private void Send(TransportAddress from, TransportAddress to, byte[] bytes)
    {
        SentCount++;
        var datagram = new VirtualDatagram(from, to, bytes, Now);
        var link = _links.GetValueOrDefault((from, to), Conditions);

        // Every draw is made for every datagram, so that one condition changed leaves the others' draws as they were.
        bool lost = _randomness.Chance(link.Loss);
        bool doubled = _randomness.Chance(link.Duplication);
        var delay = DrawDelay(link);
        var copyDelay = DrawDelay(link);
        if (lost || bytes.Length > link.MaxDatagram || Filter?.Invoke(datagram) == false)
        {
            LostCount++;
            return;
        }

        After(delay, () => Deliver(datagram));
        if (doubled)
            After(copyDelay, () => Deliver(datagram));
    }

    private TimeSpan DrawDelay(LinkConditions link)
    {
        var jitter = link.Jitter * _randomness.NextDouble();
        return link.Delay + jitter + (_randomness.Chance(link.Reordering) ? link.ReorderDelay : TimeSpan.Zero);
    }

    private void Deliver(VirtualDatagram datagram)
    {
        if (!_routes.TryGetValue(datagram.To, out var endpoint))
        {
            LostCount++;
            return;
        }

        DeliveredCount++;
        Delivered?.Invoke(datagram);
        endpoint.Peer.Receive(datagram.Bytes, datagram.From, Now);
    }
}
