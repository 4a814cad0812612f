using System.Net;
using Ttm.Rtc;

namespace Ttm.Turn.Tests;

public sealed class PeerPolicyTests
{
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("0.0.0.0")]
    [InlineData("10.1.2.3")]
    [InlineData("172.31.255.255")]
    [InlineData("192.168.1.1")]
    [InlineData("100.100.100.200")]
    [InlineData("169.254.169.254")]
    [InlineData("168.63.129.16")]
    [InlineData("192.0.0.192")]
    [InlineData("224.0.0.251")]
    [InlineData("255.255.255.255")]
    [InlineData("198.18.0.1")]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("::7f00:1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("::ffff:169.254.169.254")]
    [InlineData("64:ff9b::7f00:1")]
    [InlineData("64:ff9b::a9fe:a9fe")]
    [InlineData("64:ff9b:1::1")]
    [InlineData("2002:7f00:1::")]
    [InlineData("2002:a9fe:a9fe::1")]
    [InlineData("2002:0a01:0203::1")]
    [InlineData("2001:0:1::1")]
    [InlineData("fe80::1")]
    [InlineData("fc00::1")]
    [InlineData("fd00:ec2::254")]
    [InlineData("ff02::1")]
    [InlineData("100::1")]
    [InlineData("2001:db8:1::1")]
    public void SpecialAddresses_EvenWhenOpenToTheWorld_AreRefused(string address)
    {
        var peer = At(address, 9);
        Policy().MayPermit(peer).ShouldBeFalse();
        var open = Policy("0.0.0.0/0", "::/0");
        open.MayPermit(peer).ShouldBeFalse();
        open.Route(peer).ShouldBe(PeerRoute.Refused);
    }

    [Theory]
    [InlineData("8.8.8.8")]
    [InlineData("2606:4700::1111")]
    [InlineData("64:ff9b::808:808")]
    [InlineData("2002:808:808::1")]
    public void PublicAddresses_NeedAnEntry(string address)
    {
        Policy().MayPermit(At(address, 9)).ShouldBeFalse();
        Policy("0.0.0.0/0", "::/0").Route(At(address, 9)).ShouldBe(PeerRoute.Socket);
        Policy("0.0.0.0/0", "::/0").Route(At(address, 0)).ShouldBe(PeerRoute.Refused);
    }

    [Theory]
    [InlineData("10.1.0.0/16", "10.1.2.3", true)]
    [InlineData("10.1.0.0/16", "10.2.2.3", false)]
    [InlineData("10.0.0.0/7", "10.1.2.3", false)]
    [InlineData("127.0.0.0/8", "127.0.0.1", true)]
    [InlineData("169.254.169.254", "169.254.169.254", true)]
    [InlineData("fd00::/8", "fd12::1", true)]
    [InlineData("224.0.0.0/4", "224.0.0.1", false)]
    [InlineData("::/0", "8.8.8.8", false)]
    [InlineData("0.0.0.0/0", "2606:4700::1111", false)]
    [InlineData("::/0", "64:ff9b::808:808", false)]
    public void Entries_OpenWhatTheyNameAndNothingWider(string entry, string peer, bool allowed) =>
        Policy(entry).MayPermit(At(peer, 9)).ShouldBe(allowed);

    [Fact]
    public void OwnAddress_LeadsToTheMediaPortAlone()
    {
        var policy = Policy();
        policy.MayPermit(At("198.51.100.1", 1)).ShouldBeTrue();
        policy.Route(At("198.51.100.1", 3478)).ShouldBe(PeerRoute.Media);
        policy.Route(At("198.51.100.1", 8080)).ShouldBe(PeerRoute.Refused);
        policy.Route(At("10.9.8.7", 3478)).ShouldBe(PeerRoute.Refused);
    }

    [Fact]
    public void OwnAddress_InsideAWiderEntry_StaysClosedUnlessNamed()
    {
        var wide = Policy("10.0.0.0/8", "0.0.0.0/0");
        wide.Route(At("10.9.8.6", 22)).ShouldBe(PeerRoute.Socket);
        wide.Route(At("10.9.8.7", 22)).ShouldBe(PeerRoute.Refused);
        wide.Route(At("10.9.8.7", 3478)).ShouldBe(PeerRoute.Media);
        wide.Route(At("198.51.100.1", 22)).ShouldBe(PeerRoute.Refused);
        Policy("10.9.8.7").Route(At("10.9.8.7", 22)).ShouldBe(PeerRoute.Socket);
        Policy("127.0.0.0/8").Route(At("127.0.0.1", 22)).ShouldBe(PeerRoute.Socket);
    }

    [Fact]
    public void WithoutMedia_TheOwnAddressIsAPeerLikeNone()
    {
        var host = new TurnHost { PublicAddresses = [IPAddress.Parse("198.51.100.1")], Epoch = TurnFixture.Epoch };
        var policy = new PeerPolicy(host, []);
        policy.MayPermit(At("198.51.100.1", 3478)).ShouldBeFalse();
        policy.Route(At("198.51.100.1", 0)).ShouldBe(PeerRoute.Refused);
    }

    private static TransportAddress At(string address, int port) => TransportAddress.From(IPAddress.Parse(address), port);

    private static PeerPolicy Policy(params string[] allowed)
    {
        var host = new TurnHost
        {
            PublicAddresses = [IPAddress.Parse("198.51.100.1")],
            OwnAddresses = [IPAddress.Parse("10.9.8.7"), IPAddress.Loopback],
            MediaPort = 3478,
            Epoch = TurnFixture.Epoch,
        };
        return new PeerPolicy(host, [.. allowed.Select(AddressBlock.Parse)]);
    }
}
