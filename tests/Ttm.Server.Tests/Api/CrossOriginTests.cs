using System.Net;
using Ttm.Server.Tests.Kit;

namespace Ttm.Server.Tests.Api;

[Collection(ServerGroup.Name)]
public sealed class CrossOriginTests(ServerFixture fixture)
{
    private readonly TestServer _server = fixture.Server;

    [Theory]
    [InlineData("/whip/a", "POST")]
    [InlineData("/whip/a/session", "PATCH")]
    [InlineData("/whep/a/session", "DELETE")]
    [InlineData("/api/v1/lessons/a/listener", "PUT")]
    [InlineData("/api/v1/lessons/a/events", "GET")]
    public async Task Preflight_FromAnyOrigin_IsGranted(string path, string method)
    {
        var response = await _server.SendAsync("OPTIONS", path, null, body: null, headers:
            [("Origin", "https://lms.example"), ("Access-Control-Request-Method", method), ("Access-Control-Request-Headers", "authorization,content-type,if-match,last-event-id")]);

        ((int)response.StatusCode).ShouldBeInRange(200, 204);
        response.Headers.GetValues("Access-Control-Allow-Origin").ShouldBe(["*"]);
        response.Headers.GetValues("Access-Control-Allow-Methods").Single().ShouldContain(method);
        var allowed = response.Headers.GetValues("Access-Control-Allow-Headers").Single();
        foreach (var header in new[] { "authorization", "content-type", "if-match", "last-event-id" })
            allowed.ShouldContain(header, Case.Insensitive);
    }

    [Fact]
    public async Task Answers_ExposeTheHeadersThatClientsRead()
    {
        var lesson = ServerFixture.NewLesson();
        var response = await _server.SendAsync("POST", $"/whip/{lesson}", _server.Teacher(lesson), TestServer.Offer, "application/sdp", ("Origin", "https://lms.example"));

        response.StatusCode.ShouldBe(HttpStatusCode.Created);
        var exposed = response.Headers.GetValues("Access-Control-Expose-Headers").Single();
        foreach (var header in new[] { "Location", "ETag", "Link", "Accept-Patch" })
            exposed.ShouldContain(header);
    }

    [Theory]
    [InlineData("GET", "/api/v1/lessons", 401)]
    [InlineData("GET", "/api/v1/nothing", 404)]
    [InlineData("PUT", "/whip/a", 405)]
    public async Task Errors_AreReadableAcrossOriginsToo(string method, string path, int status)
    {
        var response = await _server.SendAsync(method, path, null, body: null, headers: ("Origin", "https://lms.example"));

        await response.ShouldBeProblemAsync(status);
        response.Headers.GetValues("Access-Control-Allow-Origin").ShouldBe(["*"]);
    }

    [Fact]
    public async Task Origins_WhenNamed_AreTheOnlyOnes()
    {
        await using var server = await TestServer.StartAsync("--Http:CorsOrigins=https://lms.example, https://two.example:8443/");
        foreach (var origin in new[] { "https://lms.example", "https://two.example:8443" })
        {
            var response = await server.SendAsync("GET", "/api/v1/lessons", server.Service, body: null, headers: ("Origin", origin));
            response.Headers.GetValues("Access-Control-Allow-Origin").ShouldBe([origin]);
            response.Headers.Vary.ShouldContain("Origin");
        }

        // What a cache keeps of a request from nowhere must not answer one from an origin.
        (await server.SendAsync("GET", "/api/v1/lessons", server.Service)).Headers.Vary.ShouldContain("Origin");

        var other = await server.SendAsync("GET", "/api/v1/lessons", server.Service, body: null, headers: ("Origin", "https://evil.example"));
        other.Headers.Contains("Access-Control-Allow-Origin").ShouldBeFalse();
    }

    [Fact]
    public async Task Options_OfMediaEndpoints_NameTheirTypes_AndIceServersWhenAuthorised()
    {
        var anonymous = await _server.SendAsync("OPTIONS", "/whip/a", null).ShouldBeAsync(200);
        var teacher = await _server.SendAsync("OPTIONS", "/whip/a", _server.Teacher("a")).ShouldBeAsync(200);
        var stranger = await _server.SendAsync("OPTIONS", "/whip/a", _server.Teacher("b")).ShouldBeAsync(200);
        var forged = await _server.SendAsync("OPTIONS", "/whep/a", "no.token.this").ShouldBeAsync(200);
        var session = await _server.SendAsync("OPTIONS", "/whip/a/x", null).ShouldBeAsync(200);

        anonymous.Headers.GetValues("Accept-Post").ShouldBe(["application/sdp"]);
        anonymous.Headers.Contains("Link").ShouldBeFalse();
        teacher.Headers.GetValues("Link").First().ShouldBe("<stun:127.0.0.1:3478>; rel=\"ice-server\"");
        stranger.Headers.Contains("Link").ShouldBeFalse();
        forged.Headers.Contains("Link").ShouldBeFalse();
        session.Headers.GetValues("Accept-Patch").ShouldBe(["application/trickle-ice-sdpfrag"]);
    }
}
