using Ttm.Server.Tests.Kit;

namespace Ttm.Server.Tests.Api;

[Collection(ServerGroup.Name)]
public sealed class TeacherEndpointsTests(ServerFixture fixture)
{
    private readonly TestServer _server = fixture.Server;
    private readonly string _lesson = ServerFixture.NewLesson();

    private string Path => $"/api/v1/lessons/{_lesson}/mute";

    [Fact]
    public async Task PutMute_OfAConnectedTeacher_StandsInTheLesson()
    {
        await _server.SendAsync("POST", $"/whip/{_lesson}", _server.Teacher(_lesson), TestServer.Offer, "application/sdp").ShouldBeAsync(201);

        var answer = await (await _server.SendAsync("PUT", Path, _server.Teacher(_lesson), """{"muted":true}""").ShouldBeAsync(200)).JsonAsync();

        answer.GetProperty("muted").GetBoolean().ShouldBeTrue();
        var seen = await (await _server.SendAsync("GET", $"/api/v1/lessons/{_lesson}", _server.Student(_lesson))).JsonAsync();
        seen.GetProperty("teacher").GetProperty("muted").GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public async Task GetConnections_OfTheOwnLesson_ListsEverybody()
    {
        await _server.SendAsync("POST", $"/whep/{_lesson}", _server.Student(_lesson), TestServer.Offer, "application/sdp").ShouldBeAsync(201);

        var answer = await (await _server.SendAsync("GET", $"/api/v1/lessons/{_lesson}/connections", _server.Teacher(_lesson)).ShouldBeAsync(200)).JsonAsync();

        answer.GetProperty("students")[0].GetProperty("id").GetString().ShouldBe("s-1");
        await _server.SendAsync("GET", $"/api/v1/lessons/{_lesson}/connections", _server.Student(_lesson)).ShouldBeAsync(403);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"muted":null}""")]
    [InlineData("""{"muted":"yes"}""")]
    [InlineData("")]
    public async Task PutMute_WithBadBody_IsBadRequest(string body)
    {
        await _server.SendAsync("POST", "/api/v1/lessons", _server.Teacher(_lesson), "{}").ShouldBeAsync(201);

        var answer = await _server.SendAsync("PUT", Path, _server.Teacher(_lesson), body).ShouldBeAsync(400);

        if (body.Length > 0)
            (await answer.JsonAsync()).GetProperty("field").GetString().ShouldBe("muted");
    }

    [Fact]
    public async Task PutMute_WithoutATeacherOrByAStudent_IsRefused()
    {
        await _server.SendAsync("PUT", Path, _server.Teacher(_lesson), """{"muted":true}""").ShouldBeAsync(404);
        await _server.SendAsync("POST", "/api/v1/lessons", _server.Teacher(_lesson), "{}").ShouldBeAsync(201);
        await _server.SendAsync("PUT", Path, _server.Teacher(_lesson), """{"muted":true}""").ShouldBeAsync(404);
        await _server.SendAsync("PUT", Path, _server.Student(_lesson), """{"muted":true}""").ShouldBeAsync(403);
    }
}
