using System.Net;
using Ttm.Rtc;
using Ttm.Rtc.Stun;
using Xunit.Abstractions;

namespace Ttm.Turn.Tests;

public sealed class TurnServerFuzzTests(ITestOutputHelper log)
{
    [Fact]
    public void Receive_EveryTruncationOfEveryMessage_NeverThrowsAndChangesNothing()
    {
        var turn = NewServer();
        var client = turn.NewClient();
        client.Allocate().IsSuccess.ShouldBeTrue();
        foreach (byte[] message in Messages(turn, client))
        {
            for (int length = 0; length < message.Length; length++)
                turn.Server.Receive(message.AsSpan(0, length).ToArray(), client.Address, turn.Now);
        }

        turn.Server.Allocations.ShouldBe(1);
        turn.ToMedia.ShouldBeEmpty();
        turn.Sockets.Sum(socket => socket.Sent.Count).ShouldBe(0);
    }

    [Fact]
    public void Receive_TenThousandsOfMutations_NeverThrowsAndKeepsWithinBounds()
    {
        var random = new Random(4);
        var turn = NewServer();
        var client = turn.NewClient();
        client.Allocate();
        byte[][] seeds = [.. Messages(turn, client)];
        long asked = 0;
        long answered = 0;
        for (int round = 0; round < 40_000; round++)
        {
            byte[] bytes = (byte[])seeds[random.Next(seeds.Length)].Clone();
            for (int change = random.Next(1, 5); change > 0; change--)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            var from = random.Next(8) == 0 ? TransportAddress.FromIPv4((uint)random.Next(), 1) : client.Address;
            int before = turn.ToClients.Count;
            turn.Server.Receive(bytes, from, turn.Now);
            asked += bytes.Length;
            for (int i = before; i < turn.ToClients.Count; i++)
                answered += turn.ToClients[i].Datagram.Length;
            if (round % 100 == 0)
                turn.Advance(TimeSpan.FromSeconds(1));
        }

        turn.Server.Allocations.ShouldBeLessThanOrEqualTo(1);
        answered.ShouldBeLessThan(asked * 3);
    }

    [Fact]
    public void Receive_MutationsSignedWithTheRightKey_NeverThrowsAndKeepsWithinBounds()
    {
        // Behind the integrity check: attributes with bad lengths and values, from a client that may allocate.
        var random = new Random(5);
        var turn = NewServer();
        var types = Enum.GetValues<StunAttribute>().Where(type => type is not (StunAttribute.MessageIntegrity or StunAttribute.Fingerprint
            or StunAttribute.MessageIntegritySha256 or StunAttribute.Username or StunAttribute.Realm or StunAttribute.Nonce)).ToArray();
        StunMethod[] methods = [StunMethod.Allocate, StunMethod.Refresh, StunMethod.CreatePermission, StunMethod.ChannelBind];
        var errors = new HashSet<StunErrorCode>();
        for (int round = 0; round < 20_000; round++)
        {
            var client = turn.NewClient($"203.0.113.5:{random.Next(1, 200)}");
            client.Nonce = NonceFor(turn, client);
            byte[] request = client.Authenticated(methods[random.Next(methods.Length)], (ref StunWriter writer) =>
            {
                if (random.Next(3) > 0)
                    writer.WriteUInt32(StunAttribute.RequestedTransport, 17u << 24);
                for (int count = random.Next(4); count > 0; count--)
                {
                    byte[] value = new byte[random.Next(3) == 0 ? random.Next(30) : 4 * random.Next(6)];
                    random.NextBytes(value);
                    if (value.Length > 1)
                        value[random.Next(2)] = (byte)random.Next(3);
                    writer.Write(types[random.Next(types.Length)], value);
                }
            });
            int before = turn.ToClients.Count;
            turn.Server.Receive(request, client.Address, turn.Now).ShouldBe(DropReason.None);
            turn.ToClients.Count.ShouldBe(before + 1);
            StunMessage.TryParse(turn.ToClients[before].Datagram, out var answer).ShouldBeTrue();
            answer.TryGetErrorCode(out var error, out _);
            errors.Add(error);
            turn.ToClients.Clear();
            turn.Advance(TimeSpan.FromMilliseconds(500));
        }

        turn.Server.Allocations.ShouldBeLessThanOrEqualTo(200);
        log.WriteLine(string.Join(", ", errors));
        errors.Count.ShouldBeGreaterThan(5);
        turn.Advance(TimeSpan.FromHours(2));
        turn.Server.Allocations.ShouldBe(0);
        turn.Server.NextTick.ShouldBe(Instant.Never);
        turn.Sockets.ShouldAllBe(socket => socket.IsDisposed);
    }

    [Fact]
    public void Allocations_TenThousand_TakeBoundedMemoryAndGiveItBack()
    {
        const int Count = 10_000;
        var users = new Dictionary<string, string> { ["teacher"] = "sesame" };
        var turn = new TurnFixture(new TurnOptions { MaxAllocationsPerUser = Count, Users = users });
        var clients = new TestClient[Count];
        for (int i = 0; i < Count; i++)
            clients[i] = turn.NewClient(new IPEndPoint(0x0100000B + (i << 8), 4000).ToString());
        foreach (var client in clients)
            client.Nonce = NonceFor(turn, client);
        long before = GC.GetTotalMemory(forceFullCollection: true);
        foreach (var client in clients)
        {
            client.Allocate().IsSuccess.ShouldBeTrue();
            client.Bind(0x4000, TurnFixture.Media).IsSuccess.ShouldBeTrue();
            turn.ToClients.Clear();
        }

        long each = (GC.GetTotalMemory(forceFullCollection: true) - before) / Count;
        log.WriteLine($"{each} bytes an allocation with a channel and a permission");
        each.ShouldBeLessThan(2_000);
        turn.NewClient("203.0.113.250:1").Allocate().Error.ShouldBe(StunErrorCode.InsufficientCapacity);
        turn.Server.Allocations.ShouldBe(Count);
        turn.Advance(TimeSpan.FromMinutes(10));
        turn.Server.Allocations.ShouldBe(0);
    }

    private static byte[] NonceFor(TurnFixture turn, TestClient client)
    {
        byte[] challenge = client.Send(client.Unauthenticated(StunMethod.Refresh, null)).Value(StunAttribute.Nonce);
        turn.ToClients.Clear();
        return challenge;
    }

    private static TurnFixture NewServer() => new(new TurnOptions
    {
        AllowedPeers = ["8.0.0.0/8"],
        MaxAllocationsPerUser = 1000,
        UnauthenticatedRequestsPerSecond = 1_000_000,
        Users = new Dictionary<string, string> { ["teacher"] = "sesame" },
    });

    private static IEnumerable<byte[]> Messages(TurnFixture turn, TestClient client)
    {
        var peer = TransportAddress.From(IPEndPoint.Parse("8.8.8.8:53"));
        client.WithFingerprint = false;
        yield return client.Unauthenticated(StunMethod.Binding, null);
        yield return client.Unauthenticated(StunMethod.Allocate, TestClient.Transport());
        yield return client.Authenticated(StunMethod.Allocate, TestClient.Transport());
        yield return client.Authenticated(StunMethod.Refresh, (ref StunWriter writer) => writer.WriteUInt32(StunAttribute.Lifetime, 600));
        yield return client.Authenticated(StunMethod.CreatePermission, (ref StunWriter writer) =>
            writer.WriteXorAddress(StunAttribute.XorPeerAddress, peer));
        yield return client.Authenticated(StunMethod.ChannelBind, (ref StunWriter writer) =>
        {
            writer.WriteUInt32(StunAttribute.ChannelNumber, 0x4000u << 16);
            writer.WriteXorAddress(StunAttribute.XorPeerAddress, peer);
        });
        byte[] buffer = new byte[200];
        var send = new StunWriter(buffer, StunMethod.Send, StunClass.Indication, new byte[12]);
        send.WriteXorAddress(StunAttribute.XorPeerAddress, TurnFixture.Media);
        send.Write(StunAttribute.Data, new byte[100]);
        yield return buffer[..send.Length];
        byte[] channel = new byte[64];
        ChannelData.Write(channel, 0x4000, new byte[60]);
        yield return channel;
        turn.ToClients.Clear();
    }
}
