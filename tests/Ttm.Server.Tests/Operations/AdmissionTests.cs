using Ttm.Net;
using Ttm.Rtc.Dtls;
using Ttm.Server.Tests.Kit;
using Ttm.Testing;

namespace Ttm.Server.Tests.Operations;

/// <summary>A server that is too busy: what it refuses, and what it does not.</summary>
[Collection(MeteredServers.Name)]
public sealed class AdmissionTests
{
    private const string Sdp = "application/sdp";

    [Fact]
    public async Task BusyServer_RefusesNewLessonsInWords_AndLetsRunningOnesBe()
    {
        // Any server takes more than that.
        await using var server = await TestServer.StartWholeAsync("--Admission:Enabled=true", "--Admission:MaxCpu=0.000001", "--Admission:MaxLoopLag=00:01:00");
        using var certificate = DtlsCertificate.Create(TimeProvider.System.GetUtcNow());
        using var client = new UdpRtcClient(true, certificate, new SeededRandomness(1), server.Get<MediaClock>());
        using var listener = new UdpRtcClient(false, certificate, new SeededRandomness(2), server.Get<MediaClock>());
        await server.SendAsync("POST", "/whip/running", server.Teacher("running"), client.Rtc.Offer, Sdp).ShouldBeAsync(201);
        var ready = await Until.SatisfiedAsync(
            () => server.SendAsync("GET", "/readyz", null), answer => !answer.IsSuccessStatusCode, TimeSpan.FromSeconds(30), answer => $"/readyz answers {answer.StatusCode}");

        (await ready.ShouldBeProblemAsync(503)).ShouldContain("Admission:MaxCpu");
        (await ready.JsonAsync()).GetProperty("reasons").EnumerateArray().ShouldHaveSingleItem();
        ready.Headers.RetryAfter!.Delta.ShouldNotBeNull();

        var refused = await server.SendAsync("POST", "/whip/new", server.Teacher("new"), client.Rtc.Offer, Sdp);
        (await refused.ShouldBeProblemAsync(503)).ShouldContain("cores");
        refused.Headers.RetryAfter!.Delta.ShouldNotBeNull();
        await server.SendAsync("POST", "/whep/new", server.Student("new"), listener.Rtc.Offer, Sdp).ShouldBeProblemAsync(503);
        await server.SendAsync("POST", "/api/v1/lessons", server.Service, """{"id":"new"}""").ShouldBeProblemAsync(503);

        await server.SendAsync("POST", "/whip/running", server.Teacher("running"), client.Rtc.Offer, Sdp).ShouldBeAsync(201);
        await server.SendAsync("POST", "/whep/running", server.Student("running"), listener.Rtc.Offer, Sdp).ShouldBeAsync(201);
        await server.SendAsync("PUT", "/api/v1/lessons/running/listener", server.Teacher("running"), """{"student":"s-1"}""").ShouldBeAsync(200);

        var metrics = await (await server.SendAsync("GET", "/metrics", null)).Content.ReadAsStringAsync();
        metrics.ShouldMatch(@"ttm_lessons_refused_total(\{[^}]*\})? 3");
        metrics.ShouldMatch(@"ttm_ready(\{[^}]*\})? 0");
    }
}
