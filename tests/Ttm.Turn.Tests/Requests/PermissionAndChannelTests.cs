using System.Net;
using Ttm.Rtc;
using Ttm.Rtc.Stun;

namespace Ttm.Turn.Tests.Requests;

public sealed class PermissionAndChannelTests
{
    private static readonly TransportAddress Stranger = TransportAddress.From(IPEndPoint.Parse("8.8.8.8:53"));
    private readonly TurnFixture _turn = new();

    [Fact]
    public void Requests_WithoutAnAllocation_Are437()
    {
        var client = _turn.NewClient();
        client.Refresh(600).Error.ShouldBe(StunErrorCode.AllocationMismatch);
        client.Permit(TurnFixture.Media).Error.ShouldBe(StunErrorCode.AllocationMismatch);
        client.Bind(0x4000, TurnFixture.Media).Error.ShouldBe(StunErrorCode.AllocationMismatch);
    }

    [Fact]
    public void Requests_OfAnotherUserOnTheSame5Tuple_Are441()
    {
        _turn.NewClient().Allocate();
        var minted = _turn.Credentials.Mint("thief", TurnFixture.Epoch + TimeSpan.FromHours(1));
        var thief = _turn.NewClient(user: minted.Username, password: minted.Password);
        thief.Refresh(0).Error.ShouldBe(StunErrorCode.WrongCredentials);
        thief.Permit(TurnFixture.Media).Error.ShouldBe(StunErrorCode.WrongCredentials);
        thief.Bind(0x4000, TurnFixture.Media).Error.ShouldBe(StunErrorCode.WrongCredentials);
        _turn.Server.Allocations.ShouldBe(1);
    }

    [Fact]
    public void Refresh_WithLifetimeZero_EndsTheAllocation()
    {
        var client = _turn.NewClient();
        client.Allocate();
        client.Refresh(0).Lifetime.ShouldBe(0u);
        _turn.Server.Allocations.ShouldBe(0);
        _turn.Server.NextTick.ShouldBe(Instant.Never);
        client.Refresh(0).Error.ShouldBe(StunErrorCode.AllocationMismatch);
        client.Allocate().IsSuccess.ShouldBeTrue();
    }

    [Fact]
    public void Refresh_OfOneFamilyOfTwo_LeavesTheOther()
    {
        var client = _turn.NewClient();
        client.Allocate((ref StunWriter writer) => writer.WriteUInt32(StunAttribute.AdditionalAddressFamily, 2u << 24));
        client.Refresh(0, family: 1).IsSuccess.ShouldBeTrue();
        client.Refresh(600, family: 1).Error.ShouldBe(StunErrorCode.PeerAddressFamilyMismatch);
        client.Permit(TurnFixture.Media).Error.ShouldBe(StunErrorCode.PeerAddressFamilyMismatch);
        client.Permit(TurnFixture.MediaIPv6).IsSuccess.ShouldBeTrue();
        client.Refresh(600, family: 3).Error.ShouldBe(StunErrorCode.BadRequest);
        client.Refresh(0, family: 2).IsSuccess.ShouldBeTrue();
        _turn.Server.Allocations.ShouldBe(0);
    }

    [Fact]
    public void Refresh_Malformed_Is400()
    {
        var client = _turn.NewClient();
        client.Allocate();
        client.Request(StunMethod.Refresh, (ref StunWriter writer) => writer.Write(StunAttribute.Lifetime, [1]))
            .Error.ShouldBe(StunErrorCode.BadRequest);
    }

    [Fact]
    public void Allocation_WithoutRefresh_EndsAtItsTime()
    {
        _turn.NewClient().Allocate();
        _turn.Server.NextTick.ShouldBe(_turn.Now + TimeSpan.FromMinutes(10));
        _turn.Advance(TimeSpan.FromSeconds(599));
        _turn.Server.Allocations.ShouldBe(1);
        _turn.Advance(TimeSpan.FromSeconds(1));
        _turn.Server.Allocations.ShouldBe(0);
        _turn.Server.Metrics[TurnTransport.Udp].Allocations.ShouldBe(0);
        _turn.Server.Metrics[TurnTransport.Udp].AllocationsMade.ShouldBe(1);
    }

    [Fact]
    public void CreatePermission_Rules_AreKept()
    {
        var client = _turn.NewClient();
        client.Allocate();
        client.Permit().Error.ShouldBe(StunErrorCode.BadRequest);
        client.Permit(TurnFixture.Media).IsSuccess.ShouldBeTrue();
        client.Permit(TurnFixture.Media, Stranger).Error.ShouldBe(StunErrorCode.Forbidden);
        client.Permit(TurnFixture.MediaIPv6).Error.ShouldBe(StunErrorCode.PeerAddressFamilyMismatch);
        client.Request(StunMethod.CreatePermission, (ref StunWriter writer) => writer.Write(StunAttribute.XorPeerAddress, [0, 1, 2]))
            .Error.ShouldBe(StunErrorCode.BadRequest);
    }

    [Fact]
    public void CreatePermission_OfAnIPv4AddressInIPv6Form_Is403()
    {
        var client = _turn.NewClient();
        client.Allocate((ref StunWriter writer) => writer.WriteUInt32(StunAttribute.AdditionalAddressFamily, 2u << 24));

        // ::ffff:198.51.100.1, the media's own address, masked by hand: the writer would make an IPv4 attribute of it.
        client.Request(StunMethod.CreatePermission, (ref StunWriter writer) =>
        {
            byte[] value = new byte[20];
            value[1] = 2;
            byte[] address = new byte[16];
            TurnFixture.Media.WriteIPv6(address);
            byte[] mask = [0x21, 0x12, 0xA4, 0x42, .. client.TransactionId];
            for (int i = 0; i < 16; i++)
                value[4 + i] = (byte)(address[i] ^ mask[i]);
            writer.Write(StunAttribute.XorPeerAddress, value);
        }).Error.ShouldBe(StunErrorCode.Forbidden);
    }

    [Fact]
    public void CreatePermission_BeyondItsPlaces_Is508UntilSomeExpire()
    {
        var users = new Dictionary<string, string> { ["teacher"] = "sesame" };
        var turn = new TurnFixture(new TurnOptions { AllowedPeers = ["8.0.0.0/8"], Users = users });
        var client = turn.NewClient();
        client.Allocate();
        for (uint i = 0; i < Allocations.PermissionList.Limit; i++)
            client.Permit(TransportAddress.FromIPv4(0x08080000 + i, 1)).IsSuccess.ShouldBeTrue();
        client.Permit(TransportAddress.FromIPv4(0x08090000, 1)).Error.ShouldBe(StunErrorCode.InsufficientCapacity);
        client.Bind(0x4000, TransportAddress.FromIPv4(0x08090000, 1)).Error.ShouldBe(StunErrorCode.InsufficientCapacity);
        client.Permit(TransportAddress.FromIPv4(0x08080005, 1)).IsSuccess.ShouldBeTrue();
        turn.Advance(TimeSpan.FromMinutes(5));
        client.Permit(TransportAddress.FromIPv4(0x08090000, 1)).IsSuccess.ShouldBeTrue();
    }

    [Fact]
    public void ChannelBind_Rules_AreKept()
    {
        var client = _turn.NewClient();
        client.Allocate();
        client.Bind(0x3FFF, TurnFixture.Media).Error.ShouldBe(StunErrorCode.BadRequest);
        client.Bind(0x8000, TurnFixture.Media).Error.ShouldBe(StunErrorCode.BadRequest);
        client.Request(StunMethod.ChannelBind, (ref StunWriter writer) => writer.WriteUInt32(StunAttribute.ChannelNumber, 0x4000u << 16))
            .Error.ShouldBe(StunErrorCode.BadRequest);
        client.Request(
            StunMethod.ChannelBind, (ref StunWriter writer) => writer.WriteXorAddress(StunAttribute.XorPeerAddress, TurnFixture.Media))
            .Error.ShouldBe(StunErrorCode.BadRequest);
        client.Bind(0x4000, Stranger).Error.ShouldBe(StunErrorCode.Forbidden);
        client.Bind(0x4000, TurnFixture.MediaIPv6).Error.ShouldBe(StunErrorCode.PeerAddressFamilyMismatch);

        client.Bind(0x4000, TurnFixture.Media).IsSuccess.ShouldBeTrue();
        client.Bind(0x4000, TurnFixture.Media).IsSuccess.ShouldBeTrue();
        client.Bind(0x4001, TurnFixture.Media).Error.ShouldBe(StunErrorCode.BadRequest);
        client.Bind(0x4000, Other(3479)).Error.ShouldBe(StunErrorCode.BadRequest);
    }

    [Fact]
    public void OwnAddress_OnAnyPortButTheMediaPort_IsNotReached()
    {
        var client = _turn.NewClient();
        client.Allocate();
        client.Permit(Other(22)).IsSuccess.ShouldBeTrue();
        client.Bind(0x4000, Other(22)).Error.ShouldBe(StunErrorCode.Forbidden);
        client.SendIndication(Other(22), [1]).ShouldBe(DropReason.NoPermission);
        _turn.ToMedia.ShouldBeEmpty();
    }

    [Fact]
    public void Binding_WithAnUnknownRequiredAttribute_Is420AndSmall()
    {
        var client = _turn.NewClient();
        byte[] request = client.Unauthenticated(StunMethod.Binding, (ref StunWriter writer) => writer.WriteUInt32((StunAttribute)3, 2));
        var answer = client.Send(request);
        answer.Error.ShouldBe(StunErrorCode.UnknownAttribute);
        answer.Value(StunAttribute.UnknownAttributes).ShouldBe(new byte[] { 0, 3 });
    }

    [Fact]
    public void Binding_Plain_IsAnsweredWithLittleMoreThanWasAsked()
    {
        foreach (string address in new[] { "203.0.113.5:40000", "[2001:db8:7::9]:40000" })
        {
            var client = _turn.NewClient(address);
            var answer = client.Send(client.Unauthenticated(StunMethod.Binding, null));
            answer.Address(StunAttribute.XorMappedAddress).ShouldBe(client.Address);
            answer.Datagram.Length.ShouldBeLessThanOrEqualTo(44);
        }
    }

    [Fact]
    public void Binding_OfAnIceSessionThatIsGone_IsNotAnswered()
    {
        var client = _turn.NewClient();
        byte[] check = client.Unauthenticated(StunMethod.Binding, (ref StunWriter writer) => writer.Write(StunAttribute.Username, "a:b"u8));
        _turn.Server.Receive(check, client.Address, _turn.Now).ShouldBe(DropReason.UnknownUfrag);
        _turn.ToClients.ShouldBeEmpty();
    }

    [Fact]
    public void Receive_WhatIsNoRequest_IsDropped()
    {
        var client = _turn.NewClient();
        byte[] buffer = new byte[64];
        foreach (var messageClass in new[] { StunClass.SuccessResponse, StunClass.ErrorResponse, StunClass.Indication })
        {
            var writer = new StunWriter(buffer, StunMethod.Allocate, messageClass, new byte[12]);
            _turn.Server.Receive(buffer.AsSpan(0, writer.Length), client.Address, _turn.Now).ShouldBe(DropReason.UnexpectedStun);
        }

        var keepalive = new StunWriter(buffer, StunMethod.Binding, StunClass.Indication, new byte[12]);
        _turn.Server.Receive(buffer.AsSpan(0, keepalive.Length), client.Address, _turn.Now).ShouldBe(DropReason.None);
        _turn.Server.Receive([], client.Address, _turn.Now).ShouldBe(DropReason.UnknownProtocol);
        _turn.Server.Receive(new byte[] { 0x80, 0 }, client.Address, _turn.Now).ShouldBe(DropReason.UnknownProtocol);
        _turn.Server.Receive(new byte[20], client.Address, _turn.Now).ShouldBe(DropReason.MalformedStun);
        byte[] wrong = client.Unauthenticated(StunMethod.Binding, (ref StunWriter writer) => writer.WriteFingerprint());
        wrong[^1] ^= 1;
        _turn.Server.Receive(wrong, client.Address, _turn.Now).ShouldBe(DropReason.BadFingerprint);
        _turn.ToClients.ShouldBeEmpty();
        _turn.Server.Metrics.Dropped(DropReason.UnexpectedStun).ShouldBe(3);
    }

    private static TransportAddress Other(int port) => TransportAddress.From(TurnFixture.Media.ToIPEndPoint().Address, port);
}
