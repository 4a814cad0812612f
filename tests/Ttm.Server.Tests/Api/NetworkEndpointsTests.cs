using System.Diagnostics;
using System.Net;
using Ttm.Net;
using Ttm.Rtc.Dtls;
using Ttm.Rtc.Rtp;
using Ttm.Server.Tests.Events;
using Ttm.Server.Tests.Kit;
using Ttm.Sfu.Lessons;
using Ttm.Testing;

namespace Ttm.Server.Tests.Api;

/// <summary>What the page for a school's administrator calls, with the token of its link.</summary>
public sealed class NetworkEndpointsTests : IDisposable
{
    private const string Sdp = "application/sdp";
    private readonly DtlsCertificate _certificate = DtlsCertificate.Create(TimeProvider.System.GetUtcNow());

    public void Dispose() => _certificate.Dispose();

    [Fact]
    public async Task Link_OpensThePageAndItsCallsAndNothingElse()
    {
        await using var server = await TestServer.StartWholeAsync();
        var made = await (await server.SendAsync("POST", "/api/v1/network/links", server.Service).ShouldBeAsync(201)).JsonAsync();
        var link = new Uri(made.GetProperty("url").GetString()!);
        made.GetProperty("expiresAt").GetDateTimeOffset().ShouldBeInRange(server.Clock.GetUtcNow().AddHours(23), server.Clock.GetUtcNow().AddHours(25));
        link.AbsolutePath.ShouldBe("/network");
        link.Query.ShouldBeEmpty("a query would reach logs");
        var token = link.Fragment["#token=".Length..];

        (await (await server.SendAsync("GET", "/network", null).ShouldBeAsync(200)).Content.ReadAsStringAsync()).ShouldContain("network/main.js");
        await server.SendAsync("GET", "/network.html", null).ShouldBeAsync(200);
        var view = await (await server.SendAsync("GET", "/api/v1/network", token).ShouldBeAsync(200)).JsonAsync();
        view.GetProperty("host").GetString().ShouldBe("127.0.0.1");
        view.GetProperty("udpPort").GetInt32().ShouldBeGreaterThan(0);
        view.GetProperty("tcpPorts").EnumerateArray().ShouldHaveSingleItem().GetInt32().ShouldBe(view.GetProperty("udpPort").GetInt32());
        view.GetProperty("iceServers").ToString().ShouldContain("transport=tcp");

        await server.SendAsync("POST", "/api/v1/lessons", server.Service, """{"id":"a"}""").ShouldBeAsync(201);
        foreach (var (method, path) in new[]
        {
            ("GET", "/api/v1/lessons"), ("GET", "/api/v1/lessons/a"), ("DELETE", "/api/v1/lessons/a"), ("GET", "/api/v1/lessons/a/events"), ("GET", "/api/v1/lessons/a/messages"),
            ("GET", "/api/v1/lessons/a/recordings"), ("GET", "/api/v1/recordings/x/audio"), ("GET", "/api/v1/ice-servers"), ("POST", "/api/v1/network/links"), ("POST", "/whip/a"), ("POST", "/whep/a"),
        })
        {
            await server.SendAsync(method, path, token).ShouldBeProblemAsync(403);
        }
    }

    [Fact]
    public async Task Connection_WithAnOffer_CarriesSilenceAndMakesNoLesson()
    {
        await using var server = await TestServer.StartWholeAsync();
        var trials = server.Get<TrialConnections>();
        using (var client = await ConnectAsync(server))
        {
            trials.Open.ShouldBe(1);
            var heard = 0;
            client.Received = (in RtpPacket packet, Ttm.Rtc.Instant _) => heard++;
            for (var turn = 0; heard < 2 && turn < 500; turn++)
                client.Pump(TimeSpan.FromMilliseconds(10));
            heard.ShouldBeGreaterThanOrEqualTo(2);
            client.Rtc.Session!.Close("bye");
            client.Pump(TimeSpan.Zero);
        }

        await Until.TrueAsync(() => trials.Open == 0);
        (await (await server.SendAsync("GET", "/api/v1/lessons", server.Service)).JsonAsync()).GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task Connection_BeyondTheLimit_Is503WithRetryAfter()
    {
        await using var server = await TestServer.StartWholeAsync();
        using var client = NewClient(server);
        for (var count = 0; count < TrialConnections.Limit; count++)
            await server.SendAsync("POST", "/api/v1/network/connection", server.Service, client.Rtc.Offer, Sdp).ShouldBeAsync(200);

        var refused = await server.SendAsync("POST", "/api/v1/network/connection", server.Service, client.Rtc.Offer, Sdp);

        refused.Headers.RetryAfter.ShouldNotBeNull();
        await refused.ShouldBeProblemAsync(503);
        server.Get<TrialConnections>().Open.ShouldBe(TrialConnections.Limit);
    }

    [Fact]
    public async Task Connection_WithABadOffer_IsAProblemAndLeavesNothing()
    {
        await using var server = await TestServer.StartWholeAsync();
        await server.SendAsync("POST", "/api/v1/network/connection", server.Service, "nonsense", Sdp).ShouldBeProblemAsync(400);
        await server.SendAsync("POST", "/api/v1/network/connection", server.Service, TestServer.Offer, Sdp).ShouldBeProblemAsync(422);
        await server.SendAsync("POST", "/api/v1/network/connection", server.Service, "{}").ShouldBeProblemAsync(415);
        await server.SendAsync("POST", "/api/v1/network/connection", server.Service, new string('a', 70_000), Sdp).ShouldBeProblemAsync(413);
        server.Get<TrialConnections>().Open.ShouldBe(0);
    }

    [Fact]
    public async Task Events_ComeOneByOneAndEnd()
    {
        await using var server = await TestServer.StartAsync();
        var response = await server.SendAsync("GET", $"/api/v1/network/events?access_token={server.Student("a")}", null);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        using var events = new SseReader(response);
        var since = Stopwatch.StartNew();
        var all = await events.AllAsync();
        all.Select(one => one.Type).ShouldBe(["tick", "tick", "tick", "tick", "tick"]);
        since.Elapsed.ShouldBeGreaterThan(TimeSpan.FromSeconds(1.5));
    }

    private UdpRtcClient NewClient(TestServer server) => new(false, _certificate, new SeededRandomness(1), server.Get<MediaClock>());

    private async Task<UdpRtcClient> ConnectAsync(TestServer server)
    {
        var client = NewClient(server);
        var answer = await server.SendAsync("POST", "/api/v1/network/connection", server.Service, client.Rtc.Offer, Sdp).ShouldBeAsync(200);
        answer.Content.Headers.ContentType?.MediaType.ShouldBe(Sdp);
        client.ApplyAnswer(await answer.Content.ReadAsStringAsync());
        for (var turn = 0; !client.IsConnected && turn < 500; turn++)
            client.Pump(TimeSpan.FromMilliseconds(10));
        client.IsConnected.ShouldBeTrue();
        return client;
    }
}
