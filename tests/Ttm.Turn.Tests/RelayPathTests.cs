using System.Net;
using Ttm.Rtc;
using Ttm.Rtc.Stun;

namespace Ttm.Turn.Tests;

public sealed class RelayPathTests
{
    private static readonly byte[] Payload = [.. Enumerable.Range(0, 171).Select(i => (byte)i)];
    private static readonly TransportAddress Peer = TransportAddress.From(IPEndPoint.Parse("8.8.4.4:5000"));
    private readonly TurnFixture _turn = new();

    [Fact]
    public void Send_ToTheMedia_ArrivesFromTheRelayedAddressAndTheAnswerComesAsData()
    {
        var client = _turn.NewClient();
        var relayed = client.Allocate().Relayed;
        client.Permit(TurnFixture.Media);
        _turn.OnMedia = (payload, from) => _turn.Server.SendToRelayed(from, payload, _turn.Now).ShouldBeTrue();

        int before = _turn.ToClients.Count;
        client.SendIndication(TurnFixture.Media, Payload).ShouldBe(DropReason.None);
        var (payload, from) = _turn.ToMedia.Single();
        payload.ShouldBe(Payload);
        from.Kind.ShouldBe(TransportKind.Relay);
        from.Via(TransportKind.Udp, 0).ShouldBe(relayed);

        var (datagram, to) = _turn.ToClients[before];
        to.ShouldBe(client.Address);
        StunMessage.TryParse(datagram, out var data).ShouldBeTrue();
        (data.Method, data.Class).ShouldBe((StunMethod.Data, StunClass.Indication));
        data.TryGetXorAddress(StunAttribute.XorPeerAddress, out var peer).ShouldBeTrue();
        peer.ShouldBe(TurnFixture.Media);
        data.TryGetAttribute(StunAttribute.Data, out var value).ShouldBeTrue();
        value.ToArray().ShouldBe(Payload);
        _turn.Server.Metrics.InProcessPackets.ShouldBe(2);
        _turn.Server.Metrics[TurnTransport.Udp].BytesFromClients.ShouldBe(Payload.Length);
        _turn.Server.Metrics[TurnTransport.Udp].BytesToClients.ShouldBe(Payload.Length);
    }

    [Fact]
    public void Channel_ToTheMedia_ArrivesAndTheAnswerComesOnTheChannel()
    {
        var client = _turn.NewClient();
        client.Allocate();
        client.Bind(0x4001, TurnFixture.Media);
        client.SendChannel(0x4001, Payload).ShouldBe(DropReason.None);
        _turn.ToMedia.Single().Payload.ShouldBe(Payload);
        _turn.Server.SendToRelayed(_turn.ToMedia[0].From, Payload, _turn.Now).ShouldBeTrue();
        byte[] datagram = _turn.ToClients[^1].Datagram;
        ChannelData.TryParse(datagram, out ushort number, out var payload).ShouldBeTrue();
        number.ShouldBe((ushort)0x4001);
        payload.ToArray().ShouldBe(Payload);
    }

    [Fact]
    public void BothFamilies_OfADualAllocation_AreRelayedApart()
    {
        var client = _turn.NewClient();
        client.Allocate((ref StunWriter writer) => writer.WriteUInt32(StunAttribute.AdditionalAddressFamily, 2u << 24));
        client.Bind(0x4000, TurnFixture.Media);
        client.Bind(0x4001, TurnFixture.MediaIPv6);
        client.SendChannel(0x4000, [4]);
        client.SendChannel(0x4001, [6]);
        _turn.ToMedia[0].From.IsIPv4.ShouldBeTrue();
        _turn.ToMedia[1].From.IsIPv4.ShouldBeFalse();
        _turn.ToMedia[0].From.Flow.ShouldBe(_turn.ToMedia[1].From.Flow);
        _turn.Server.SendToRelayed(_turn.ToMedia[0].From, [4], _turn.Now);
        _turn.ToClients[^1].Datagram.ShouldBe(new byte[] { 0x40, 0, 0, 1, 4 });
        _turn.Server.SendToRelayed(_turn.ToMedia[1].From, [6], _turn.Now);
        _turn.ToClients[^1].Datagram.ShouldBe(new byte[] { 0x40, 1, 0, 1, 6 });
    }

    [Fact]
    public void Permission_AfterFiveMinutes_NeitherLetsInNorOut()
    {
        var client = _turn.NewClient();
        client.Allocate();
        client.Bind(0x4000, TurnFixture.Media);
        client.SendChannel(0x4000, Payload);
        var virtualPeer = _turn.ToMedia[0].From;
        _turn.Advance(TimeSpan.FromMinutes(5) - TimeSpan.FromTicks(1));
        _turn.Server.SendToRelayed(virtualPeer, Payload, _turn.Now).ShouldBeTrue();
        _turn.Advance(TimeSpan.FromTicks(1));
        _turn.Server.SendToRelayed(virtualPeer, Payload, _turn.Now).ShouldBeFalse();
        client.SendChannel(0x4000, Payload).ShouldBe(DropReason.NoPermission);
        client.Permit(TurnFixture.Media).IsSuccess.ShouldBeTrue();
        client.SendChannel(0x4000, Payload).ShouldBe(DropReason.None);
    }

    [Fact]
    public void Channel_AfterTenMinutes_IsFreeForAnotherPeer()
    {
        var turn = WithPeers();
        var client = turn.NewClient();
        client.Allocate((ref StunWriter writer) => writer.WriteUInt32(StunAttribute.Lifetime, 3600));
        client.Bind(0x4000, TurnFixture.Media);
        turn.Advance(TimeSpan.FromMinutes(10));
        client.Permit(TurnFixture.Media);
        client.SendChannel(0x4000, Payload).ShouldBe(DropReason.NoAllocation);
        client.Bind(0x4000, Peer).IsSuccess.ShouldBeTrue();
        client.SendChannel(0x4000, Payload).ShouldBe(DropReason.None);
        turn.Sockets.Single().Sent.Single().Peer.ShouldBe(Peer);
    }

    [Fact]
    public void SendToRelayed_WithoutAnAllocation_IsFalse()
    {
        var client = _turn.NewClient();
        var relayed = client.Allocate().Relayed;
        client.Permit(TurnFixture.Media);

        // Nothing has come from the client yet: the media cannot know it.
        _turn.Server.SendToRelayed(relayed.Via(TransportKind.Relay, 1), Payload, _turn.Now).ShouldBeFalse();
        client.SendIndication(TurnFixture.Media, Payload);
        var virtualPeer = _turn.ToMedia[0].From;
        _turn.Server.SendToRelayed(virtualPeer, Payload, _turn.Now).ShouldBeTrue();
        _turn.Server.SendToRelayed(virtualPeer, new byte[2100], _turn.Now).ShouldBeFalse();
        _turn.Server.CloseClient(client.Address);
        _turn.Server.SendToRelayed(virtualPeer, Payload, _turn.Now).ShouldBeFalse();
        client.SendChannel(0x4000, Payload).ShouldBe(DropReason.NoAllocation);
        client.SendIndication(TurnFixture.Media, Payload).ShouldBe(DropReason.NoAllocation);
    }

    [Fact]
    public void Peers_BySockets_AreRelayedBothWays()
    {
        var turn = WithPeers();
        var client = turn.NewClient();
        var relayed = client.Allocate().Relayed;
        var socket = turn.Sockets.Single();
        socket.Relayed.ShouldBe(relayed);
        turn.Server.ReceiveFromPeer([1], relayed, Peer, turn.Now).ShouldBe(DropReason.NoPermission);
        client.Permit(Peer);
        client.SendIndication(Peer, Payload, dontFragment: true).ShouldBe(DropReason.None);
        (socket.Sent[0].Payload.Length, socket.Sent[0].Peer, socket.Sent[0].DontFragment).ShouldBe((Payload.Length, Peer, true));

        // A permission is of an address, whatever the port.
        int before = turn.ToClients.Count;
        var otherPort = TransportAddress.From(Peer.ToIPEndPoint().Address, 9);
        turn.Server.ReceiveFromPeer(Payload, relayed, otherPort, turn.Now).ShouldBe(DropReason.None);
        StunMessage.TryParse(turn.ToClients[before].Datagram, out var data).ShouldBeTrue();
        data.TryGetXorAddress(StunAttribute.XorPeerAddress, out var from).ShouldBeTrue();
        from.Port.ShouldBe((ushort)9);
        client.Bind(0x4444, Peer);
        turn.Server.ReceiveFromPeer([7], relayed, Peer, turn.Now).ShouldBe(DropReason.None);
        turn.ToClients[^1].Datagram.ShouldBe(new byte[] { 0x44, 0x44, 0, 1, 7 });
        turn.Server.Metrics.SocketPackets.ShouldBe(3);

        // The media port still takes the short way.
        client.Permit(TurnFixture.Media);
        client.SendIndication(TurnFixture.Media, Payload);
        turn.ToMedia.Count.ShouldBe(1);
        client.Refresh(0);
        socket.IsDisposed.ShouldBeTrue();
        turn.Server.ReceiveFromPeer([7], relayed, Peer, turn.Now).ShouldBe(DropReason.NoAllocation);
    }

    [Fact]
    public void Bandwidth_BeyondItsCap_IsDroppedInEachDirection()
    {
        var options = new TurnOptions { MaxBitsPerSecond = 80_000, Users = new Dictionary<string, string> { ["teacher"] = "sesame" } };
        var turn = new TurnFixture(options);
        var client = turn.NewClient();
        client.Allocate();
        client.Bind(0x4000, TurnFixture.Media);
        for (int i = 0; i < 20; i++)
            client.SendChannel(0x4000, new byte[1000]).ShouldBe(i < 10 ? DropReason.None : DropReason.RateLimited);
        for (int i = 0; i < 20; i++)
            turn.Server.SendToRelayed(turn.ToMedia[0].From, new byte[1000], turn.Now).ShouldBe(i < 10);
        turn.Advance(TimeSpan.FromMilliseconds(100));
        client.SendChannel(0x4000, new byte[1000]).ShouldBe(DropReason.None);
        client.SendChannel(0x4000, new byte[1000]).ShouldBe(DropReason.RateLimited);
        turn.Server.Metrics.Dropped(DropReason.RateLimited).ShouldBe(21);
    }

    [Fact]
    public void Tcp_Clients_AreCountedByTheirTransportAndClosed()
    {
        uint flow = Net.Tcp.FlowNumber.Of(5, isTls: true);
        var address = TransportAddress.From(IPEndPoint.Parse("203.0.113.5:40000")).Via(TransportKind.Tcp, flow);
        var client = new TestClient(_turn, address, "teacher", "sesame");
        client.Allocate().Address(StunAttribute.XorMappedAddress).Port.ShouldBe((ushort)40000);
        _turn.Server.Metrics[TurnTransport.Tls].Allocations.ShouldBe(1);
        _turn.Server.HasAllocation(client.Address).ShouldBeTrue();

        // The same address and port by UDP is another 5-tuple.
        _turn.NewClient().Allocate().IsSuccess.ShouldBeTrue();
        _turn.Server.CloseClient(client.Address);
        _turn.Server.HasAllocation(client.Address).ShouldBeFalse();
        _turn.Server.Allocations.ShouldBe(1);
    }

    [Fact]
    public void InProcessRelay_PerPacket_AllocatesNothing()
    {
        var output = new CountingOutput();
        var options = new TurnOptions { MaxBitsPerSecond = 0, Users = new Dictionary<string, string> { ["teacher"] = "sesame" } };
        var host = new TurnHost { PublicAddresses = [IPAddress.Parse("198.51.100.1")], MediaPort = 3478, Epoch = TurnFixture.Epoch };
        var server = new TurnServer(options, new TurnCredentials(options, _turn), host, output, null, _turn);
        output.Server = server;

        // The messages are made with the fixture's client against this server's nonce.
        var client = _turn.NewClient();
        server.Receive(client.Unauthenticated(StunMethod.Allocate, null), client.Address, _turn.Now);
        StunMessage.TryParse(output.Last, out var challenge).ShouldBeTrue();
        challenge.TryGetAttribute(StunAttribute.Nonce, out var nonce).ShouldBeTrue();
        client.Nonce = nonce.ToArray();
        server.Receive(client.Authenticated(StunMethod.Allocate, TestClient.Transport()), client.Address, _turn.Now);
        server.Receive(
            client.Authenticated(
                StunMethod.ChannelBind,
                (ref StunWriter writer) =>
                {
                    writer.WriteUInt32(StunAttribute.ChannelNumber, 0x4000u << 16);
                    writer.WriteXorAddress(StunAttribute.XorPeerAddress, TurnFixture.Media);
                }),
            client.Address,
            _turn.Now);
        byte[] channelData = new byte[4 + Payload.Length];
        ChannelData.Write(channelData, 0x4000, Payload);
        for (int i = 0; i < 1000; i++)
            server.Receive(channelData, client.Address, _turn.Now);

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 10_000; i++)
            server.Receive(channelData, client.Address, _turn.Now);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
        output.Media.ShouldBe(11_000);
    }

    private static TurnFixture WithPeers() => new(new TurnOptions
    {
        AllowedPeers = ["8.8.0.0/16"],
        Users = new Dictionary<string, string> { ["teacher"] = "sesame" },
    });

    private sealed class CountingOutput : ITurnOutput
    {
        public TurnServer? Server { get; set; }

        public byte[] Last { get; private set; } = [];

        public int Media { get; private set; }

        public void SendToClient(ReadOnlySpan<byte> datagram, in TransportAddress client)
        {
            if (datagram[0] < 4)
                Last = datagram.ToArray();
        }

        public void DeliverToMedia(Span<byte> payload, in TransportAddress virtualPeer, Instant now)
        {
            Media++;
            Server!.SendToRelayed(virtualPeer, payload, now);
        }
    }
}
