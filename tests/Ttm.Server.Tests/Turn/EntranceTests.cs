using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Ttm.Server.Configuration;
using Ttm.Server.Tests.Kit;
using Ttm.Server.Turn;
using Ttm.Sfu.Media;
using Ttm.Testing.Facts;
using Ttm.Testing.Tls;

namespace Ttm.Server.Tests.Turn;

/// <summary>coturn's tools, and HTTP, by every port of a server.</summary>
[Collection(MeteredServers.Name)]
public sealed class EntranceTests
{
    private static readonly string[] Open = ["--Turn:Users:teacher=sesame", "--Turn:AllowedPeers=127.0.0.0/8", "--Media:PublicAddresses=127.0.0.1"];

    /// <summary>One after the other they would wait most of the time.</summary>
    [CoturnFact]
    public async Task UClient_OfCoturn_GetsEveryPacketBackByEachWay()
    {
        using var authority = new PrivateAuthority();
        await using var server = await TestServer.StartWholeAsync(["--Http:Urls=https://127.0.0.1:0", .. authority.Settings, .. Open]);
        int media = server.Get<MediaPort>().Port;
        int https = server.Get<EntrancePorts>().Tls;
        server.Get<EntrancePorts>().Tcp.ShouldBe(media);

        await Task.WhenAll(
            Coturn.GetsEveryPacketBackAsync($"-u teacher -w sesame -p {media}"),
            Coturn.GetsEveryPacketBackAsync($"-u teacher -w sesame -t -p {media}"),
            Coturn.GetsEveryPacketBackAsync($"-u teacher -w sesame -t -s -p {https}"),
            Coturn.GetsEveryPacketBackAsync($"-u teacher -w sesame -t -S -E {authority.AuthorityPath} -p {https}"));
        (await Coturn.RunAsync("turnutils_stunclient", $"-p {media} 127.0.0.1")).ShouldContain("reflexive addr: 127.0.0.1:");

        var metrics = await ReadOverTlsAsync(https, "GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        metrics.ShouldContain("ttm_turn_relay_packets_total");
        metrics.ShouldContain("ttm_turn_allocations_made_total");
        foreach (var transport in new[] { "udp", "tcp", "tls" })
            metrics.ShouldMatch($"ttm_turn_packets_total{{[^}}]*transport=\"{transport}\"[^}}]*}} [1-9]");
        Coturn.ShouldHaveRelayedByTls(metrics);
        metrics.ShouldMatch("ttm_turn_refusals_total{[^}]*code=\"401\"[^}]*} [1-9]");
    }

    [CoturnFact]
    public async Task UClient_WithoutAllowedPeers_IsForbidden()
    {
        await using var server = await TestServer.StartWholeAsync("--Turn:Users:teacher=sesame");
        using var peer = Coturn.StartPeer(out var peerPort);
        var output = await Coturn.RunAsync("turnutils_uclient", $"-u teacher -w sesame -p {server.Get<MediaPort>().Port} -e 127.0.0.3 -r {peerPort} -n 1 127.0.0.1");
        peer.Kill();
        output.ShouldContain("403");
    }

    [CoturnFact]
    public async Task StunClient_WhereTurnIsDisabled_LearnsItsAddress()
    {
        await using var server = await TestServer.StartWholeAsync("--Turn:Enabled=false");
        var output = await Coturn.RunAsync("turnutils_stunclient", $"-p {server.Get<MediaPort>().Port} 127.0.0.1");
        output.ShouldContain("reflexive addr: 127.0.0.1:");
    }

    [Fact]
    public async Task Start_WithHttpOnTheMediaPort_SharesIt()
    {
        var listener = new TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        var port = ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        await using var server = await TestServer.StartWholeAsync($"--Http:Urls=http://127.0.0.1:{port}", $"--Media:Port={port}");
        server.Get<EntrancePorts>().Tcp.ShouldBe(port);
        await server.SendAsync("GET", "/healthz", null).ShouldBeAsync(200);
    }

    [Fact]
    public async Task Start_WhereAnotherHasTheMediaPortOfTcp_NamesTheKey()
    {
        using var another = TcpListener.Create(0);
        another.Start();
        var port = ((System.Net.IPEndPoint)another.LocalEndpoint).Port;
        (await Should.ThrowAsync<StartException>(() => TestServer.StartWholeAsync($"--Media:Port={port}"))).Message.ShouldStartWith($"Media:Port is \"{port}\": the TCP port cannot be opened");
    }

    private static async Task<string> ReadOverTlsAsync(int port, string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", port);
        await using var tls = new SslStream(client.GetStream(), false, (_, certificate, _, _) => certificate?.Issuer == PrivateAuthority.Name);
        await tls.AuthenticateAsClientAsync("localhost");
        await tls.WriteAsync(Encoding.ASCII.GetBytes(request));
        using var reader = new StreamReader(tls);
        return await reader.ReadToEndAsync();
    }
}
