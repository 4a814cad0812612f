using System.Net;
using System.Text;
using Ttm.Server.Tests.Kit;

namespace Ttm.Server.Tests.Api;

[Collection(ServerGroup.Name)]
public sealed class MediaEndpointsTests(ServerFixture fixture)
{
    private const string Sdp = "application/sdp";
    private const string Fragment = "application/trickle-ice-sdpfrag";
    private const string Offer = TestServer.Offer;
    private const string Candidate = "a=ice-ufrag:old\r\na=candidate:1 1 udp 1 192.0.2.1 9 typ host\r\n";
    private const string Restart = "a=ice-ufrag:new\r\na=ice-pwd:new\r\n";

    private readonly TestServer _server = fixture.Server;
    private readonly string _lesson = ServerFixture.NewLesson();

    private Task<HttpResponseMessage> PublishAsync(string? token = null, string offer = Offer, string type = Sdp, params (string, string)[] headers) =>
        _server.SendAsync("POST", $"/whip/{_lesson}", token ?? _server.Teacher(_lesson), offer, type, headers);

    private Task<HttpResponseMessage> ListenAsync(string student = "s-1", string offer = Offer) =>
        _server.SendAsync("POST", $"/whep/{_lesson}", _server.Student(_lesson, student), offer, Sdp);

    private static string Session(HttpResponseMessage response) => response.Headers.Location!.ToString();

    [Fact]
    public async Task Whip_ByTeacher_CreatesTheLessonAndAnswers()
    {
        var response = await PublishAsync().ShouldBeAsync(201);

        response.Content.Headers.ContentType!.ToString().ShouldBe(Sdp);
        (await response.Content.ReadAsStringAsync()).ShouldStartWith("v=0");
        Session(response).ShouldMatch($"^/whip/{_lesson}/[0-9A-Za-z_-]{{22,}}$");
        response.Headers.ETag!.ToString().ShouldBe("\"g1\"");
        response.Headers.GetValues("Accept-Patch").ShouldBe([Fragment]);
        response.Headers.GetValues("Link").First().ShouldBe("<stun:127.0.0.1:3478>; rel=\"ice-server\"");
        var lesson = await (await _server.SendAsync("GET", $"/api/v1/lessons/{_lesson}", _server.Service)).JsonAsync();
        lesson.GetProperty("teacher").ToString().ShouldBe("""{"id":"t-1","connected":true}""");
    }

    [Fact]
    public async Task Whip_ByAnotherTeacher_IsConflict()
    {
        await PublishAsync().ShouldBeAsync(201);
        await PublishAsync(_server.Teacher(_lesson, "t-2")).ShouldBeProblemAsync(409);
    }

    [Fact]
    public async Task Whip_AfterTheEnd_MakesANewLesson_AndWhepDoesNot()
    {
        await PublishAsync().ShouldBeAsync(201);
        await _server.SendAsync("DELETE", $"/api/v1/lessons/{_lesson}", _server.Service).ShouldBeAsync(204);
        await ListenAsync().ShouldBeProblemAsync(404);
        await PublishAsync().ShouldBeAsync(201);
        await ListenAsync().ShouldBeAsync(201);
    }

    [Fact]
    public async Task Whep_BeforeTheTeacher_SetsUpAtOnce()
    {
        var response = await ListenAsync().ShouldBeAsync(201);

        Session(response).ShouldStartWith($"/whep/{_lesson}/");
        await PublishAsync().ShouldBeAsync(201);
    }

    [Fact]
    public async Task Whip_WithBadOffer_MakesNoLesson()
    {
        await PublishAsync(offer: "").ShouldBeProblemAsync(400);
        await PublishAsync(offer: "{}").ShouldBeProblemAsync(400);
        _server.Lessons.Find(_lesson).ShouldBeNull();
        await PublishAsync(offer: Offer + "s=bad\r\n").ShouldBeProblemAsync(400);
        await PublishAsync(offer: Offer + "s=video\r\n").ShouldBeProblemAsync(422);
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("text/plain")]
    [InlineData("nonsense")]
    public async Task Whip_OfAnotherType_SaysWhichItTakes(string type)
    {
        var response = await PublishAsync(type: type);

        await response.ShouldBeProblemAsync(415);
        response.Headers.GetValues("Accept-Post").ShouldBe([Sdp]);
    }

    [Theory]
    [InlineData("application/json", 406)]
    [InlineData("application/sdp;q=0", 406)]
    [InlineData("text/*", 406)]
    [InlineData("///", 406)]
    [InlineData("*/*", 201)]
    [InlineData("application/*", 201)]
    [InlineData("application/json, application/sdp;q=0.5", 201)]
    public async Task Whip_WithAccept_AnswersOnlyWhatIsAdmitted(string accept, int status)
    {
        var response = await PublishAsync(headers: ("Accept", accept));

        if (status == 406)
            await response.ShouldBeProblemAsync(406);
        else
            response.StatusCode.ShouldBe((HttpStatusCode)status);
    }

    [Fact]
    public async Task Whip_OnFullNode_IsUnavailable()
    {
        await using var server = await TestServer.StartAsync();
        server.Lessons.IsFull = true;
        foreach (var (path, token) in new[] { ("/whip/a", server.Teacher("a")), ("/whep/a", server.Student("a")) })
        {
            var response = await server.SendAsync("POST", path, token, Offer, Sdp);
            await response.ShouldBeProblemAsync(503);
            response.Headers.RetryAfter.ShouldNotBeNull();
        }
    }

    [Fact]
    public async Task Patch_WithCandidates_IsNoContent_WithAndWithoutIfMatch()
    {
        var session = Session(await PublishAsync());
        foreach (var ifMatch in new string?[] { null, "\"g1\"", "*", "\"stale\", \"g1\"", "g1" })
        {
            (string, string)[] headers = ifMatch is null ? [] : [("If-Match", ifMatch)];
            await _server.SendAsync("PATCH", session, _server.Teacher(_lesson), Candidate, Fragment, headers).ShouldBeAsync(204);
        }
    }

    [Theory]
    [InlineData("*")]
    [InlineData("\"*\"")]
    public async Task Patch_WithNewCredentials_RestartsIce(string ifMatch)
    {
        var session = Session(await PublishAsync());

        var response = await _server.SendAsync("PATCH", session, _server.Teacher(_lesson), Restart, Fragment, ("If-Match", ifMatch)).ShouldBeAsync(200);

        response.Content.Headers.ContentType!.ToString().ShouldBe(Fragment);
        response.Headers.ETag!.ToString().ShouldBe("\"g1x\"");
        (await response.Content.ReadAsStringAsync()).ShouldContain("ice-ufrag");
        await _server.SendAsync("PATCH", session, _server.Teacher(_lesson), Candidate, Fragment, ("If-Match", "\"g1\"")).ShouldBeProblemAsync(412);
    }

    [Theory]
    [InlineData("\"stale\"")]
    [InlineData("W/\"g1\"")]
    [InlineData("stale")]
    [InlineData("\"")]
    [InlineData("\"a\", \"b\"")]
    public async Task Patch_WithStaleIfMatch_IsPreconditionFailed(string ifMatch)
    {
        var session = Session(await PublishAsync());
        await _server.SendAsync("PATCH", session, _server.Teacher(_lesson), Candidate, Fragment, ("If-Match", ifMatch)).ShouldBeProblemAsync(412);
    }

    [Fact]
    public async Task Patch_OfAnotherType_SaysWhichItTakes()
    {
        var session = Session(await PublishAsync());

        var response = await _server.SendAsync("PATCH", session, _server.Teacher(_lesson), Candidate, Sdp);

        await response.ShouldBeProblemAsync(415);
        response.Headers.GetValues("Accept-Patch").ShouldBe([Fragment]);
        await _server.SendAsync("PATCH", session, _server.Teacher(_lesson), "", Fragment).ShouldBeProblemAsync(400);
    }

    [Fact]
    public async Task Session_OfSomebodyElse_IsForbidden_ExceptToTheService()
    {
        var session = Session(await ListenAsync("s-1"));
        await _server.SendAsync("DELETE", session, _server.Student(_lesson, "s-2")).ShouldBeProblemAsync(403);
        await _server.SendAsync("PATCH", session, _server.Student(_lesson, "s-2"), Candidate, Fragment).ShouldBeProblemAsync(403);
        await _server.SendAsync("DELETE", session, _server.Teacher(_lesson)).ShouldBeProblemAsync(403);
        await _server.SendAsync("DELETE", session, _server.Service).ShouldBeAsync(200);
    }

    [Fact]
    public async Task Delete_Twice_IsNotFound()
    {
        var session = Session(await PublishAsync());
        await _server.SendAsync("DELETE", session, _server.Teacher(_lesson)).ShouldBeAsync(200);
        await _server.SendAsync("DELETE", session, _server.Teacher(_lesson)).ShouldBeProblemAsync(404);
        await _server.SendAsync("PATCH", session, _server.Teacher(_lesson), Candidate, Fragment).ShouldBeProblemAsync(404);
    }

    [Fact]
    public async Task Session_Replaced_IsNotFound()
    {
        var old = Session(await PublishAsync());
        var session = Session(await PublishAsync());

        await _server.SendAsync("PATCH", old, _server.Teacher(_lesson), Candidate, Fragment).ShouldBeProblemAsync(404);
        await _server.SendAsync("DELETE", old, _server.Teacher(_lesson)).ShouldBeProblemAsync(404);
        await _server.SendAsync("DELETE", session.Replace("whip", "whep", StringComparison.Ordinal), _server.Service).ShouldBeProblemAsync(404);
        await _server.SendAsync("DELETE", session, _server.Teacher(_lesson)).ShouldBeAsync(200);
    }

    [Fact]
    public async Task Put_IsNotAllowed()
    {
        var session = Session(await PublishAsync());
        foreach (var path in new[] { $"/whip/{_lesson}", $"/whep/{_lesson}", session })
        {
            var response = await _server.SendAsync("PUT", path, _server.Teacher(_lesson));
            response.Content.Headers.Allow.ShouldContain("OPTIONS");
            await response.ShouldBeProblemAsync(405);
        }
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("HEAD")]
    public async Task Get_HasNoContent_AndIsNotFoundOnceTheSessionIsReplaced(string method)
    {
        var session = Session(await PublishAsync());
        foreach (var path in new[] { $"/whip/{_lesson}", $"/whep/{_lesson}", session })
            await _server.SendAsync(method, path, _server.Teacher(_lesson)).ShouldBeAsync(204);

        await PublishAsync();
        await _server.SendAsync(method, session, _server.Teacher(_lesson)).ShouldBeAsync(404);
    }

    [Theory]
    [InlineData("application/sdp;q=0, */*", 406)]
    [InlineData("*/*;q=0, application/sdp", 201)]
    [InlineData("application/*;q=0, application/sdp;q=0.1", 201)]
    [InlineData(" ", 201)]
    public async Task Accept_IsJudgedByItsMostSpecificRange(string accept, int status) =>
        await _server.SendAsync("POST", $"/whip/{_lesson}", _server.Teacher(_lesson), TestServer.Offer, "application/sdp", ("Accept", accept)).ShouldBeAsync(status);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Body_OverTheLimit_IsTooLarge(bool chunked)
    {
        var session = Session(await PublishAsync());
        var body = Encoding.ASCII.GetBytes("v=0" + new string('a', 64 * 1024));
        (string Method, string Path, string Type)[] calls = [("POST", $"/whip/{_lesson}", Sdp), ("PATCH", session, Fragment), ("POST", "/api/v1/lessons", "application/json")];
        foreach (var (method, path, type) in calls)
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = new ByteArrayContent(body) };
            request.Headers.TransferEncodingChunked = chunked;
            request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + _server.Teacher(_lesson));
            request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
            await _server.Client.SendAsync(request).ShouldBeProblemAsync(413);
        }
    }

    [Fact]
    public async Task Body_AtTheLimit_IsTaken()
    {
        var offer = new StringBuilder(Offer);
        while (offer.Length < 64 * 1024)
        {
            var room = Math.Min(1000, (64 * 1024) - offer.Length - 4);
            offer.Append("a=").Append('x', room).Append("\r\n");
        }

        offer.Length.ShouldBe(64 * 1024);
        await PublishAsync(offer: offer.ToString()).ShouldBeAsync(201);
    }
}
