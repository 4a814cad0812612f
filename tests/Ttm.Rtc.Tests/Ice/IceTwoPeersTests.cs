using System.Net;
using Ttm.Rtc.Ice;

namespace Ttm.Rtc.Tests.Ice;

public sealed class IceTwoPeersTests
{
    [Fact]
    public void Connect_CleanNetwork_TakesTwoRoundTrips()
    {
        var peers = new IceTwoPeers(1, 0);
        peers.Run(1, () => peers.BothConnected);
        peers.BothConnected.ShouldBeTrue();
        peers.Now.ShouldBeLessThan(default(Instant) + TimeSpan.FromMilliseconds(250));
        peers.Lite.Selected.ShouldBe(peers.ClientAddress);
        peers.Client.Selected.ShouldBe(IceTwoPeers.Server);
        peers.Client.Mapped.ShouldBe(peers.ClientAddress);
        peers.Client.IsValidated(IceTwoPeers.Server).ShouldBeTrue();
    }

    [Theory]
    [InlineData(0.1)]
    [InlineData(0.3)]
    public void Connect_LossAndReordering_ConnectsAndKeepsConsent(double loss)
    {
        for (int seed = 0; seed < 20; seed++)
        {
            var peers = new IceTwoPeers(seed, loss);
            peers.Run(10, () => peers.BothConnected);
            peers.BothConnected.ShouldBeTrue($"seed {seed}");
            peers.Run(600);
            peers.BothConnected.ShouldBeTrue($"seed {seed}");
            peers.Datagrams.ShouldBeLessThan(500);
        }
    }

    [Fact]
    public void Connect_DeadCandidateFirst_FindsTheOther()
    {
        var dead = TransportAddress.From(IPAddress.Parse("192.0.2.99"), 3478);
        var peers = new IceTwoPeers(2, 0.1, dead, IceTwoPeers.Server);
        peers.Run(10, () => peers.BothConnected);
        peers.BothConnected.ShouldBeTrue();
        peers.Client.Selected.ShouldBe(IceTwoPeers.Server);
        int before = peers.Datagrams;
        peers.Run(60);
        (peers.Datagrams - before).ShouldBeLessThan(40, "the dead candidate is checked no more");
    }

    [Fact]
    public void Connect_NobodyThere_BothFailInThirtySeconds()
    {
        var peers = new IceTwoPeers(3, 1);
        peers.Run(29.9);
        peers.Client.State.ShouldBe(IceState.Checking);
        peers.Run(0.2);
        peers.Client.State.ShouldBe(IceState.Failed);
        peers.Lite.State.ShouldBe(IceState.Failed);
    }

    [Fact]
    public void Cut_AfterConnection_BothLoseConsentWithinThirtySeconds()
    {
        var peers = new IceTwoPeers(4, 0);
        peers.Run(20);
        peers.Cut = true;
        peers.Run(30.1);
        peers.Client.State.ShouldBe(IceState.Failed);
        peers.Lite.State.ShouldBe(IceState.Failed);
    }

    [Fact]
    public void NewNatMapping_AfterConnection_TheServerFollows()
    {
        var peers = new IceTwoPeers(5, 0.1);
        peers.Run(10);
        peers.ClientAddress = TransportAddress.From(IPAddress.Parse("198.51.100.77"), 41_000);
        peers.Run(20, () => peers.Lite.Selected == peers.ClientAddress);
        peers.Lite.Selected.ShouldBe(peers.ClientAddress);
        peers.Run(60);
        peers.BothConnected.ShouldBeTrue();
        peers.Client.Mapped.ShouldBe(peers.ClientAddress);
    }

    [Fact]
    public void Restart_UnderLoss_IsConnectedAllTheTimeAndEndsOnTheNewPath()
    {
        for (int seed = 0; seed < 20; seed++)
        {
            var peers = new IceTwoPeers(seed, 0.1);
            peers.Run(10, () => peers.BothConnected);
            var server = IceCredentials.Generate(peers.Randomness);
            var client = IceCredentials.Generate(peers.Randomness);
            peers.Lite.Restart(server, client, peers.Now);
            peers.Run(0.3);
            peers.Client.Restart(client, server, [IceTwoPeers.Server], peers.Now);
            peers.Run(10, () => !peers.BothConnected || !peers.Lite.IsRestarting);
            peers.BothConnected.ShouldBeTrue($"seed {seed}");
            peers.Lite.IsRestarting.ShouldBeFalse($"seed {seed}");
            peers.Run(120);
            peers.BothConnected.ShouldBeTrue($"seed {seed}");
            peers.Lite.LocalUfrags.ShouldBe([server.Ufrag]);
        }
    }

    [Fact]
    public void Restart_AfterBothFailed_ConnectsAgain()
    {
        var peers = new IceTwoPeers(6, 0);
        peers.Run(5);
        peers.Cut = true;
        peers.Run(40);
        peers.Cut = false;
        var server = IceCredentials.Generate(peers.Randomness);
        var client = IceCredentials.Generate(peers.Randomness);
        peers.Lite.Restart(server, client, peers.Now);
        peers.Client.Restart(client, server, [IceTwoPeers.Server], peers.Now);
        peers.Run(2);
        peers.BothConnected.ShouldBeTrue();
    }
}
