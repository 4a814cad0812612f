using Ttm.Server.Tests.Kit;

namespace Ttm.Server.Tests.Api;

[Collection(ServerGroup.Name)]
public sealed class ListenerEndpointsTests(ServerFixture fixture)
{
    private readonly TestServer _server = fixture.Server;
    private readonly string _lesson = ServerFixture.NewLesson();

    private string Path => $"/api/v1/lessons/{_lesson}/listener";

    private async Task CreateAsync() =>
        await _server.SendAsync("POST", "/api/v1/lessons", _server.Teacher(_lesson), "{}").ShouldBeAsync(201);

    [Fact]
    public async Task Put_OfAStudentNotConnected_Switches()
    {
        await CreateAsync();

        var response = await _server.SendAsync("PUT", Path, _server.Teacher(_lesson), """{"student":"s-17"}""").ShouldBeAsync(200);

        var change = await response.JsonAsync();
        change.EnumerateObject().Select(property => property.Name).ShouldBe(["lesson", "student", "connected", "recording", "switchedAt"]);
        change.GetProperty("lesson").GetString().ShouldBe(_lesson);
        change.GetProperty("student").GetString().ShouldBe("s-17");
        change.GetProperty("connected").GetBoolean().ShouldBeFalse();
    }

    [Fact]
    public async Task Put_OfTheSameStudent_ChangesNothing()
    {
        await CreateAsync();
        var first = await (await _server.SendAsync("PUT", Path, _server.Service, """{"student":"s-1"}""")).Content.ReadAsStringAsync();
        var second = await (await _server.SendAsync("PUT", Path, _server.Service, """{"student":"s-1"}""")).Content.ReadAsStringAsync();

        second.ShouldBe(first);
    }

    [Fact]
    public async Task Delete_LeavesNobody()
    {
        await CreateAsync();
        await _server.SendAsync("PUT", Path, _server.Service, """{"student":"s-1"}""").ShouldBeAsync(200);
        await _server.SendAsync("DELETE", Path, _server.Teacher(_lesson)).ShouldBeAsync(204);

        var lesson = await (await _server.SendAsync("GET", $"/api/v1/lessons/{_lesson}", _server.Service)).JsonAsync();
        lesson.GetProperty("listener").ValueKind.ShouldBe(System.Text.Json.JsonValueKind.Null);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"student":null}""")]
    [InlineData("""{"student":5}""")]
    [InlineData("""{"student":""}""")]
    [InlineData("""{"student":"a/b"}""")]
    [InlineData("student=s-1")]
    [InlineData("")]
    public async Task Put_WithBadBody_IsBadRequest(string body)
    {
        await CreateAsync();
        await _server.SendAsync("PUT", Path, _server.Service, body).ShouldBeProblemAsync(400);
    }

    [Fact]
    public async Task Put_OfALongId_TakesWhatTheRuleAllows()
    {
        await CreateAsync();
        await _server.SendAsync("PUT", Path, _server.Service, $$"""{"student":"{{new string('a', 128)}}"}""").ShouldBeAsync(200);
        await _server.SendAsync("PUT", Path, _server.Service, $$"""{"student":"{{new string('a', 129)}}"}""").ShouldBeProblemAsync(400);
    }

    [Fact]
    public async Task AnyCall_WithoutALiveLesson_IsNotFound()
    {
        await _server.SendAsync("PUT", Path, _server.Service, """{"student":"s-1"}""").ShouldBeProblemAsync(404);
        await _server.SendAsync("DELETE", Path, _server.Service).ShouldBeProblemAsync(404);
        await CreateAsync();
        await _server.SendAsync("DELETE", $"/api/v1/lessons/{_lesson}", _server.Service).ShouldBeAsync(204);
        await _server.SendAsync("PUT", Path, _server.Service, """{"student":"s-1"}""").ShouldBeProblemAsync(404);
    }
}
