using Ttm.Server.Operations.Draining;
using Ttm.Server.Tests.Kit;
using Ttm.Server.Turn;
using Ttm.Sfu.Media;
using Ttm.Testing.Facts;

namespace Ttm.Server.Tests.Turn;

/// <summary>A draining server's TURN, as coturn's client meets it.</summary>
public sealed class TurnDrainTests
{
    private static readonly string[] Open = ["--Turn:Users:teacher=sesame", "--Turn:AllowedPeers=127.0.0.0/8", "--Media:PublicAddresses=127.0.0.1"];

    [CoturnFact]
    public async Task Allocate_WhileDraining_GoesToTheAlternateServer()
    {
        await using var other = await TestServer.StartWholeAsync(Open);
        await using var server = await TestServer.StartWholeAsync([.. Open, $"--Turn:AlternateServers=127.0.0.1:{other.Get<MediaPort>().Port}"]);
        server.Get<IDrained>().BeginDrain();

        (await RelayAsync(server)).ShouldMatch("Total lost packets 0 ");
        Made(server).ShouldBe(0);
        Made(other).ShouldBeGreaterThan(0);
    }

    /// <summary>A student of a lesson that runs may know no other way.</summary>
    [CoturnFact]
    public async Task Allocate_WhileDrainingWithoutAnAlternate_IsTaken()
    {
        await using var server = await TestServer.StartWholeAsync(Open);
        server.Get<IDrained>().BeginDrain();

        (await RelayAsync(server)).ShouldMatch("Total lost packets 0 ");
        Made(server).ShouldBeGreaterThan(0);
    }

    private static long Made(TestServer server) => server.Get<TurnGuest>().Metrics[Ttm.Turn.TurnTransport.Udp].AllocationsMade;

    private static async Task<string> RelayAsync(TestServer server)
    {
        using var peer = Coturn.StartPeer(out var peerPort);
        var output = await Coturn.RunAsync("turnutils_uclient", $"-u teacher -w sesame -p {server.Get<MediaPort>().Port} -e 127.0.0.1 -r {peerPort} -n 5 -m 1 -l 170 -z 40 127.0.0.1");
        peer.Kill();
        return output;
    }
}
