using System.Diagnostics;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Ttm.Rtc.Stun;
using Ttm.Server.Configuration;
using Ttm.Server.Hosting;
using Ttm.Server.Tests.Kit;
using Ttm.Server.Turn;
using Ttm.Testing.Facts;
using Ttm.Testing.Tls;

namespace Ttm.Server.Tests.Turn;

/// <summary><c>ttm-server --role turn</c>, with coturn's tools by each way in.</summary>
[Collection(MeteredServers.Name)]
public sealed class TurnNodeTests : IDisposable
{
    private readonly PrivateAuthority _authority = new();

    public void Dispose() => _authority.Dispose();

    [CoturnFact]
    public async Task UClient_OfCoturn_GetsEveryPacketBackByEachWay()
    {
        await using var node = await StartAsync("--Turn:Secret=a secret of the school");
        var port = node.Services.GetRequiredService<IEntrancePort>().Port;
        var https = node.Services.GetRequiredService<EntrancePorts>().Tls;

        await Task.WhenAll(
            Coturn.GetsEveryPacketBackAsync($"-u teacher -w sesame -p {port}"),
            Coturn.GetsEveryPacketBackAsync($"-u s-17 -W \"a secret of the school\" -s -p {port}"),
            Coturn.GetsEveryPacketBackAsync($"-u teacher -w sesame -t -p {port}"),
            Coturn.GetsEveryPacketBackAsync($"-u teacher -w sesame -t -s -p {https}"),
            Coturn.GetsEveryPacketBackAsync($"-u teacher -w sesame -t -S -E {_authority.AuthorityPath} -p {https}"));

        using var http = NewClient(node);
        (await http.GetAsync("/healthz")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await http.GetAsync("/readyz")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await http.GetAsync("/api/v1/lessons")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        var metrics = await http.GetStringAsync("/metrics");
        foreach (var transport in new[] { "udp", "tcp", "tls" })
            metrics.ShouldMatch($"ttm_turn_packets_total{{[^}}]*transport=\"{transport}\"[^}}]*}} [1-9]");
        Coturn.ShouldHaveRelayedByTls(metrics);
        metrics.ShouldMatch("process_cpu_time_seconds_total[^\n]* [0-9.]*[1-9]");
    }

    [Fact]
    public async Task Stop_WithAllocations_SendsNewClientsElsewhereUntilTheyHaveGone()
    {
        await using var node = await StartAsync("--Server:DrainTimeout=00:01:00", "--Turn:AlternateServers=192.0.2.7:3478");
        var port = node.Services.GetRequiredService<IEntrancePort>().Port;
        using var guest = new UdpTurnClient(port, "teacher", "sesame");
        (await guest.AllocateAsync()).ShouldBe(StunErrorCode.None);

        var stopping = node.StopAsync();
        using var late = new UdpTurnClient(port, "teacher", "sesame");
        var answer = await late.AllocateAsync();
        for (var since = Stopwatch.StartNew(); answer == StunErrorCode.None && since.Elapsed < TimeSpan.FromSeconds(10);)
        {
            // The word to drain has not reached the loop yet.
            (await late.RefreshAsync(0)).ShouldBe(StunErrorCode.None);
            answer = await late.AllocateAsync();
        }

        answer.ShouldBe(StunErrorCode.TryAlternate);
        stopping.IsCompleted.ShouldBeFalse("an allocation is still there");
        (await guest.RefreshAsync(0)).ShouldBe(StunErrorCode.None);
        await stopping.WaitAsync(TimeSpan.FromSeconds(20));
    }

    [Theory]
    [InlineData("Turn:AllowedPeers", "--Turn:Users:teacher=sesame")]
    [InlineData("Turn:Secret", "--Turn:AllowedPeers=203.0.113.7")]
    [InlineData("Turn:Enabled", "--Turn:AllowedPeers=203.0.113.7", "--Turn:Users:teacher=sesame", "--Turn:Enabled=false")]
    public void Build_WithoutWhatItTakes_NamesTheSetting(string key, params string[] args) =>
        Should.Throw<StartException>(() => ServerHost.Build(["--role", "turn", .. args])).Message.ShouldContain(key);

    [Fact]
    public void Build_WithAnUnknownRole_SaysSo() =>
        Should.Throw<StartException>(() => ServerHost.Build(["--role=banana"])).Message.ShouldContain("banana");

    private async Task<WebApplication> StartAsync(params string[] args)
    {
        var app = ServerHost.Build(
        [
            "--role", "turn", "--environment=Production", "--Http:Urls=https://127.0.0.1:0", "--Media:Port=0", "--Media:PublicAddresses=127.0.0.1",
            "--Turn:AllowedPeers=127.0.0.0/8", "--Turn:Users:teacher=sesame", "--Logging:LogLevel:Default=Warning", "--hostBuilder:reloadConfigOnChange=false", .. _authority.Settings, .. args,
        ]);
        await app.StartAsync();
        return app;
    }

    private static HttpClient NewClient(WebApplication node) => new(new SocketsHttpHandler
    {
        SslOptions = new() { RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate?.Issuer == PrivateAuthority.Name },
    })
    { BaseAddress = new Uri(node.Urls.First()) };
}
