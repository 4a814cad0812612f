using System.Net;
using Ttm.Rtc.Ice;
using Ttm.Testing;

namespace Ttm.Rtc.Tests.Ice;

/// <summary>A controlling and a lite agent over a network with delay, jitter (which reorders) and loss, on a clock of its own.</summary>
internal sealed class IceTwoPeers
{
    private readonly Random _random;
    private readonly double _loss;
    private readonly PriorityQueue<(byte[] Datagram, TransportAddress From, TransportAddress To), long> _wire = new();
    private readonly byte[] _buffer = new byte[1500];

    public IceTwoPeers(int seed, double loss, params TransportAddress[] candidates)
    {
        _random = new Random(seed);
        _loss = loss;
        Randomness = new SeededRandomness((ulong)seed);
        var server = IceCredentials.Generate(Randomness);
        var client = IceCredentials.Generate(Randomness);
        Lite = new IceLiteAgent(server, client, Now);
        Client = new IceControllingAgent(client, server, candidates.Length > 0 ? candidates : [Server], Randomness, Now);
    }

    public static TransportAddress Server => TransportAddress.From(IPAddress.Parse("203.0.113.1"), 3478);

    public SeededRandomness Randomness { get; }

    public IceLiteAgent Lite { get; }

    public IceControllingAgent Client { get; }

    public Instant Now { get; private set; }

    /// <summary>The client as the server sees it; change it for a new NAT mapping.</summary>
    public TransportAddress ClientAddress { get; set; } = TransportAddress.From(IPAddress.Parse("198.51.100.9"), 40_000);

    public bool Cut { get; set; }

    public int Datagrams { get; private set; }

    public bool BothConnected => Lite.State == IceState.Connected && Client.State == IceState.Connected;

    public void Run(double seconds, Func<bool>? until = null)
    {
        var end = Now + TimeSpan.FromSeconds(seconds);
        while (Now < end && until?.Invoke() != true)
        {
            Drain(Client, ClientAddress, default);
            var next = Instant.Min(Instant.Min(end, Client.NextTick), Lite.NextTick);
            if (_wire.TryPeek(out _, out long due))
                next = Instant.Min(next, new Instant(due));
            Now = next > Now ? next : Now;
            Client.Tick(Now);
            Lite.Tick(Now);
            while (_wire.TryPeek(out _, out due) && due <= Now.Ticks)
                Deliver(_wire.Dequeue());
        }
    }

    private void Deliver((byte[] Datagram, TransportAddress From, TransportAddress To) packet)
    {
        if (packet.To == Server)
        {
            Lite.Receive(packet.Datagram, packet.From, Now);
            Drain(Lite, Server, packet.From);
        }
        else if (packet.To == ClientAddress)
        {
            Client.Receive(packet.Datagram, packet.From, Now);
        }
    }

    private void Drain(IIceAgent agent, TransportAddress from, TransportAddress onlyTo)
    {
        while (agent.TryTakeDatagram(_buffer, out int length, out var to))
        {
            if (onlyTo != default)
                to.ShouldBe(onlyTo, "a lite agent says nothing but answers");
            Datagrams++;
            if (!Cut && _random.NextDouble() >= _loss)
                _wire.Enqueue((_buffer[..length], from, to), (Now + TimeSpan.FromMilliseconds(_random.Next(5, 60))).Ticks);
        }
    }
}
