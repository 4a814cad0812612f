using System.Net;
using Ttm.Rtc;
using Ttm.Rtc.Stun;

namespace Ttm.Turn.Tests.Requests;

public sealed class AllocateTests
{
    private readonly TurnFixture _turn = new();

    [Fact]
    public void Allocate_Plain_GivesAnAddressOfTheServerForTenMinutes()
    {
        var client = _turn.NewClient();
        var answer = client.Allocate();
        answer.IsSuccess.ShouldBeTrue();
        answer.Relayed.ToIPEndPoint().Address.ShouldBe(IPAddress.Parse("198.51.100.1"));
        answer.Relayed.Port.ShouldBeInRange((ushort)49152, ushort.MaxValue);
        answer.Address(StunAttribute.XorMappedAddress).ShouldBe(client.Address);
        answer.Lifetime.ShouldBe(600u);
        _turn.Sockets.ShouldBeEmpty();
        _turn.Server.Metrics[TurnTransport.Udp].Allocations.ShouldBe(1);
    }

    [Fact]
    public void Allocate_SentAgain_IsAnsweredAgainWithTheSameAddress()
    {
        var client = _turn.NewClient();
        var first = client.Allocate();
        _turn.Advance(TimeSpan.FromSeconds(2));
        var second = client.Request(StunMethod.Allocate, TestClient.Transport(), sameTransaction: true);
        second.Relayed.ShouldBe(first.Relayed);
        second.Lifetime.ShouldBe(598u);
        _turn.Server.Allocations.ShouldBe(1);
    }

    [Fact]
    public void Allocate_OnA5TupleInUse_Is437()
    {
        var client = _turn.NewClient();
        client.Allocate();
        client.Allocate().Error.ShouldBe(StunErrorCode.AllocationMismatch);
    }

    [Theory]
    [InlineData("", StunErrorCode.BadRequest)]
    [InlineData("0019:11", StunErrorCode.BadRequest)]
    [InlineData("0019:06000000", StunErrorCode.UnsupportedTransportProtocol)]
    [InlineData("0019:11000000 7FF0:00", StunErrorCode.UnknownAttribute)]
    [InlineData("0019:11000000 0017:01", StunErrorCode.BadRequest)]
    [InlineData("0019:11000000 0017:03000000", StunErrorCode.AddressFamilyNotSupported)]
    [InlineData("0019:11000000 0018:0000", StunErrorCode.BadRequest)]
    [InlineData("0019:11000000 000D:0000", StunErrorCode.BadRequest)]
    [InlineData("0019:11000000 0022:01020304", StunErrorCode.BadRequest)]
    [InlineData("0019:11000000 0022:0102030405060708", StunErrorCode.InsufficientCapacity)]
    [InlineData("0019:11000000 0022:0000000000000000", StunErrorCode.InsufficientCapacity)]
    [InlineData("0019:11000000 0022:0102030405060708 0018:00", StunErrorCode.BadRequest)]
    [InlineData("0019:11000000 0022:0102030405060708 0017:01000000", StunErrorCode.BadRequest)]
    [InlineData("0019:11000000 8000:01000000", StunErrorCode.BadRequest)]
    [InlineData("0019:11000000 8000:02000000 0017:01000000", StunErrorCode.BadRequest)]
    [InlineData("0019:11000000 8000:02000000 0018:80", StunErrorCode.BadRequest)]
    public void Allocate_AgainstARule_IsRefusedWithItsCode(string attributes, StunErrorCode expected)
    {
        var client = _turn.NewClient();
        var answer = client.Request(StunMethod.Allocate, (ref StunWriter writer) =>
        {
            foreach (string attribute in attributes.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                writer.Write((StunAttribute)Convert.ToUInt16(attribute[..4], 16), Convert.FromHexString(attribute[5..]));
        });
        answer.Error.ShouldBe(expected);
        answer.Message().VerifyIntegrity(client.Key).ShouldBeTrue();
        _turn.Server.Allocations.ShouldBe(0);
        _turn.Server.Metrics.Refused(expected).ShouldBe(1);
        if (expected == StunErrorCode.UnknownAttribute)
            answer.Value(StunAttribute.UnknownAttributes).ShouldBe(new byte[] { 0x7F, 0xF0 });
    }

    [Theory]
    [InlineData(0u, 600u)]
    [InlineData(30u, 600u)]
    [InlineData(900u, 900u)]
    [InlineData(uint.MaxValue, 3600u)]
    public void Allocate_WithALifetime_IsGrantedWithinBounds(uint asked, uint granted) =>
        _turn.NewClient().Allocate((ref StunWriter writer) => writer.WriteUInt32(StunAttribute.Lifetime, asked)).Lifetime.ShouldBe(granted);

    [Fact]
    public void Allocate_IPv6_IsGivenOrRefusedWith440()
    {
        static void Ask(ref StunWriter writer) => writer.WriteUInt32(StunAttribute.RequestedAddressFamily, 2u << 24);
        _turn.NewClient().Allocate(Ask).Relayed.ToIPEndPoint().Address.ShouldBe(IPAddress.Parse("2001:db8::1"));
        new TurnFixture(withIPv6: false).NewClient().Allocate(Ask).Error.ShouldBe(StunErrorCode.AddressFamilyNotSupported);
    }

    [Fact]
    public void Allocate_Dual_GivesBothOrTellsWhyNot()
    {
        static void Ask(ref StunWriter writer) => writer.WriteUInt32(StunAttribute.AdditionalAddressFamily, 2u << 24);
        var both = _turn.NewClient().Allocate(Ask);
        int addresses = 0;
        foreach (var attribute in both.Message().Attributes)
            addresses += attribute.Type == StunAttribute.XorRelayedAddress ? 1 : 0;
        addresses.ShouldBe(2);

        var one = new TurnFixture(withIPv6: false).NewClient().Allocate(Ask);
        one.Relayed.IsIPv4.ShouldBeTrue();
        one.Value(StunAttribute.AddressErrorCode).ShouldBe(new byte[] { 2, 0, 4, 40 });
    }

    [Fact]
    public void Allocate_EvenPortWithReservation_KeepsTheNextPortForItsUser()
    {
        var first = _turn.NewClient().Allocate((ref StunWriter writer) => writer.Write(StunAttribute.EvenPort, [0x80]));
        (first.Relayed.Port % 2).ShouldBe(0);
        byte[] token = first.Value(StunAttribute.ReservationToken);
        token.Length.ShouldBe(8);
        void Claim(ref StunWriter writer) => writer.Write(StunAttribute.ReservationToken, token);

        var minted = _turn.Credentials.Mint("thief", TurnFixture.Epoch + TimeSpan.FromHours(1));
        var thief = _turn.NewClient("203.0.113.9:1", minted.Username, minted.Password);
        thief.Allocate(Claim).Error.ShouldBe(StunErrorCode.InsufficientCapacity);
        _turn.NewClient("203.0.113.5:40001").Allocate(Claim).Relayed.Port.ShouldBe((ushort)(first.Relayed.Port + 1));
        _turn.NewClient("203.0.113.5:40002").Allocate(Claim).Error.ShouldBe(StunErrorCode.InsufficientCapacity);
    }

    [Fact]
    public void Allocate_WithAReservationOlderThan30Seconds_Is508()
    {
        var first = _turn.NewClient().Allocate((ref StunWriter writer) => writer.Write(StunAttribute.EvenPort, [0x80]));
        byte[] token = first.Value(StunAttribute.ReservationToken);
        _turn.Advance(TimeSpan.FromSeconds(30));
        _turn.NewClient("203.0.113.5:40001").Allocate((ref StunWriter writer) => writer.Write(StunAttribute.ReservationToken, token))
            .Error.ShouldBe(StunErrorCode.InsufficientCapacity);
    }

    [Fact]
    public void Allocate_EvenPortWithoutReservation_IsEven()
    {
        for (int port = 1; port < 20; port++)
        {
            var client = _turn.NewClient($"203.0.113.5:{port}");
            var answer = client.Allocate((ref StunWriter writer) => writer.Write(StunAttribute.EvenPort, [0]));
            (answer.Relayed.Port % 2).ShouldBe(0);
            answer.Value(StunAttribute.ReservationToken).ShouldBeEmpty();
        }
    }

    [Fact]
    public void Allocate_BeyondTheQuotaOfItsUser_Is486ForAllNamesOfThatUser()
    {
        var turn = new TurnFixture(new TurnOptions { MaxAllocationsPerUser = 2 });
        for (int i = 0; i < 3; i++)
        {
            var minted = turn.Credentials.Mint("s-17", TurnFixture.Epoch + TimeSpan.FromMinutes(60 + i));
            var answer = turn.NewClient($"203.0.113.5:{i + 1}", minted.Username, minted.Password).Allocate();
            answer.Error.ShouldBe(i < 2 ? StunErrorCode.None : StunErrorCode.AllocationQuotaReached);
        }

        var other = turn.Credentials.Mint("s-18", TurnFixture.Epoch + TimeSpan.FromHours(1));
        turn.NewClient("203.0.113.5:9", other.Username, other.Password).Allocate().IsSuccess.ShouldBeTrue();
        turn.Advance(TimeSpan.FromMinutes(10));
        turn.Server.Allocations.ShouldBe(0);
        var again = turn.Credentials.Mint("s-17", TurnFixture.Epoch + TimeSpan.FromHours(2));
        turn.NewClient("203.0.113.5:1", again.Username, again.Password).Allocate().IsSuccess.ShouldBeTrue();
    }

    [Fact]
    public void Allocate_WhenFullOrDraining_Is508OrTheAlternateOfTheClientsFamily()
    {
        var users = new Dictionary<string, string> { ["teacher"] = "sesame" };
        var full = new TurnFixture(new TurnOptions { MaxAllocations = 1, Users = users });
        full.NewClient("203.0.113.5:1").Allocate().IsSuccess.ShouldBeTrue();
        full.NewClient("203.0.113.5:2").Allocate().Error.ShouldBe(StunErrorCode.InsufficientCapacity);

        var draining = new TurnFixture(new TurnOptions { AlternateServers = ["192.0.2.7:3478, [2001:db8::7]:3478"], Users = users });
        var old = draining.NewClient("203.0.113.5:1");
        old.Allocate().IsSuccess.ShouldBeTrue();
        draining.Server.IsDraining = true;
        foreach (string client in new[] { "203.0.113.5:2", "[2001:db8:1::2]:2", "203.0.113.5:3" })
        {
            var answer = draining.NewClient(client).Allocate();
            answer.Error.ShouldBe(StunErrorCode.TryAlternate);
            answer.Message().TryGetAddress(StunAttribute.AlternateServer, out var alternate).ShouldBeTrue();
            alternate.Port.ShouldBe((ushort)3478);
            alternate.IsIPv4.ShouldBe(client[0] == '2');
        }

        old.Refresh(600).IsSuccess.ShouldBeTrue();
    }

    [Fact]
    public void Allocate_WithSockets_SkipsPortsThatAreTakenAndGivesUpWith508()
    {
        var options = new TurnOptions
        {
            RelayPorts = "50000-50003",
            AllowedPeers = ["192.0.2.0/24"],
            Users = new Dictionary<string, string> { ["teacher"] = "sesame" },
        };
        var turn = new TurnFixture(options);
        turn.BusyPorts.UnionWith([50000, 50001, 50003]);
        turn.NewClient("203.0.113.5:1").Allocate().Relayed.Port.ShouldBe((ushort)50002);
        turn.NewClient("203.0.113.5:2").Allocate().Error.ShouldBe(StunErrorCode.InsufficientCapacity);
        turn.Sockets.Single().IsDisposed.ShouldBeFalse();
        turn.Server.Clear();
        turn.Sockets.Single().IsDisposed.ShouldBeTrue();
        turn.NewClient("203.0.113.5:2").Allocate().Relayed.Port.ShouldBe((ushort)50002);
    }

    [Fact]
    public void Allocate_WhereTurnIsDisabled_IsDroppedWhileBindingIsAnswered()
    {
        var turn = new TurnFixture(new TurnOptions { Enabled = false });
        var client = turn.NewClient();
        byte[] allocate = client.Unauthenticated(StunMethod.Allocate, null);
        turn.Server.Receive(allocate, client.Address, turn.Now).ShouldBe(DropReason.UnexpectedStun);
        turn.Server.Receive(new byte[] { 0x40, 0, 0, 0 }, client.Address, turn.Now).ShouldBe(DropReason.UnknownProtocol);
        client.Send(client.Unauthenticated(StunMethod.Binding, null)).Address(StunAttribute.XorMappedAddress).ShouldBe(client.Address);
    }
}
