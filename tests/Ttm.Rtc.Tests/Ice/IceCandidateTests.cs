using System.Net;
using Ttm.Rtc.Ice;
using Ttm.Testing;

namespace Ttm.Rtc.Tests.Ice;

public sealed class IceCandidateTests
{
    [Theory]
    [InlineData("candidate:1 1 udp 2130706431 203.0.113.5 3478 typ host")]
    [InlineData("candidate:842163049 1 udp 1677729535 198.51.100.4 51234 typ srflx raddr 10.0.0.7 rport 51234")]
    [InlineData("candidate:2 1 udp 2130706431 2001:db8::5 3478 typ host")]
    [InlineData("candidate:3 1 tcp 1518280447 203.0.113.5 443 typ host tcptype passive")]
    [InlineData("candidate:3 1 tcp 1518280447 203.0.113.5 9 typ host tcptype active")]
    [InlineData("candidate:4 1 udp 41885439 192.0.2.15 50000 typ relay raddr 0.0.0.0 rport 0")]
    [InlineData("candidate:9 1 udp 2122260223 4f1c3a0e-0b3d-4c7e-8e0e-6f2a1b3c4d5e.local 59233 typ host")]
    public void Write_OfWhatWasParsed_IsTheSameText(string text)
    {
        IceCandidate.TryParse(text, out var candidate).ShouldBeTrue();
        candidate!.Write().ShouldBe(text);
    }

    [Fact]
    public void TryParse_BrowserExtensions_AreIgnored()
    {
        IceCandidate.TryParse(
            "candidate:842163049 1 UDP 1677729535 198.51.100.4 51234 typ srflx raddr 0.0.0.0 rport 0 generation 0 ufrag EsAw network-id 1 network-cost 10",
            out var candidate).ShouldBeTrue();
        candidate!.Type.ShouldBe(IceCandidateType.ServerReflexive);
        candidate.RelatedAddress.ShouldBe("0.0.0.0");
        candidate.TryGetAddress(out var address).ShouldBeTrue();
        address.ShouldBe(TransportAddress.From(IPAddress.Parse("198.51.100.4"), 51234));
    }

    [Theory]
    [InlineData("")]
    [InlineData("candidate:")]
    [InlineData("1 1 udp 1 1.2.3.4 5 typ host")]
    [InlineData("candidate:1 0 udp 1 1.2.3.4 5 typ host")]
    [InlineData("candidate:1 257 udp 1 1.2.3.4 5 typ host")]
    [InlineData("candidate:1 1 sctp 1 1.2.3.4 5 typ host")]
    [InlineData("candidate:1 1 udp -1 1.2.3.4 5 typ host")]
    [InlineData("candidate:1 1 udp 4294967296 1.2.3.4 5 typ host")]
    [InlineData("candidate:1 1 udp 1 1.2.3.4 65536 typ host")]
    [InlineData("candidate:1 1 udp 1 <script> 5 typ host")]
    [InlineData("candidate:1 1 udp 1 1.2.3.4 5 typ other")]
    [InlineData("candidate:1 1 udp 1 1.2.3.4 5 host")]
    [InlineData("candidate:1 1 tcp 1 1.2.3.4 5 typ host")]
    [InlineData("candidate:123456789012345678901234567890123 1 udp 1 1.2.3.4 5 typ host")]
    public void TryParse_Malformed_IsRefused(string text) => IceCandidate.TryParse(text, out _).ShouldBeFalse();

    [Fact]
    public void TryParse_EveryTruncation_IsRefusedOrRoundTrips()
    {
        const string Text = "candidate:842163049 1 udp 1677729535 198.51.100.4 51234 typ srflx raddr 10.0.0.7 rport 51234";
        for (int length = 0; length < Text.Length; length++)
        {
            if (IceCandidate.TryParse(Text.AsSpan(0, length), out var candidate))
                IceCandidate.TryParse(candidate!.Write(), out _).ShouldBeTrue();
        }
    }

    [Fact]
    public void TryGetAddress_OfAName_IsFalse()
    {
        IceCandidate.TryParse("candidate:1 1 udp 1 abc.local 5 typ host", out var candidate).ShouldBeTrue();
        candidate!.TryGetAddress(out _).ShouldBeFalse();
    }

    [Fact]
    public void Host_UdpAndTcp_UdpComesFirstAndFoundationsDiffer()
    {
        var address = TransportAddress.From(IPAddress.Parse("203.0.113.5"), 3478);
        var udp = IceCandidate.Host(address, 8191);
        var tcp = IceCandidate.Host(address.Via(TransportKind.Tcp, 0), 8191);
        udp.Priority.ShouldBe(2130706431u);
        udp.Priority.ShouldBeGreaterThan(tcp.Priority);
        IceCandidate.Host(address, 0).Priority.ShouldBeLessThan(udp.Priority);
        tcp.Write().ShouldEndWith("203.0.113.5 3478 typ host tcptype passive");
        udp.Foundation.ShouldNotBe(tcp.Foundation);
        IceCandidate.TryParse(udp.Write(), out var parsed).ShouldBeTrue();
        parsed.ShouldBe(udp);
    }

    [Fact]
    public void Generate_Credentials_AreValidAndDiffer()
    {
        var randomness = new SeededRandomness(1);
        var one = IceCredentials.Generate(randomness);
        var other = IceCredentials.Generate(randomness);
        one.Ufrag.Length.ShouldBe(8);
        one.Password.Length.ShouldBe(24);
        one.Ufrag.ShouldNotBe(other.Ufrag);
        IceCredentials.TryCreate(one.Ufrag, one.Password, out var same).ShouldBeTrue();
        same.ShouldBe(one);
        one.ToString().ShouldNotContain(one.Password);
    }

    [Theory]
    [InlineData("abc", "0123456789012345678901")]
    [InlineData("abcd", "012345678901234567890")]
    [InlineData("ab d", "0123456789012345678901")]
    [InlineData("abcd", "0123456789012345678901\r\n")]
    [InlineData(null, "0123456789012345678901")]
    public void TryCreate_WhatIsNotIceChars_IsRefused(string? ufrag, string password) =>
        IceCredentials.TryCreate(ufrag, password, out _).ShouldBeFalse();
}
