using Ttm.Server.Tests.Kit;

namespace Ttm.Server.Tests.Api;

[Collection(ServerGroup.Name)]
public sealed class LessonEndpointsTests(ServerFixture fixture)
{
    private readonly TestServer _server = fixture.Server;
    private readonly string _lesson = ServerFixture.NewLesson();

    [Fact]
    public async Task Post_WithAllFields_ShowsTheLesson()
    {
        var response = await _server.SendAsync("POST", "/api/v1/lessons", _server.Service,
            $$$"""{"id":"{{{_lesson}}}","teacher":"t-9","metadata":{"subject":"fractions"},"unknown":[1]}""").ShouldBeAsync(201);

        response.Headers.Location!.ToString().ShouldBe($"/api/v1/lessons/{_lesson}");
        var lesson = await response.JsonAsync();
        lesson.EnumerateObject().Select(property => property.Name)
            .ShouldBe(["id", "state", "startedAt", "endedAt", "teacher", "students", "listener", "metadata"]);
        lesson.GetProperty("id").GetString().ShouldBe(_lesson);
        lesson.GetProperty("state").GetString().ShouldBe("live");
        lesson.GetProperty("startedAt").GetString()!.ShouldMatch(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$");
        lesson.GetProperty("endedAt").ValueKind.ShouldBe(System.Text.Json.JsonValueKind.Null);
        lesson.GetProperty("teacher").ToString().ShouldBe("""{"id":"t-9","connected":false}""");
        lesson.GetProperty("metadata").GetProperty("subject").GetString().ShouldBe("fractions");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("{}")]
    public async Task Post_WithoutId_MakesOne(string? body)
    {
        var response = await _server.SendAsync("POST", "/api/v1/lessons", _server.Service, body).ShouldBeAsync(201);

        (await response.JsonAsync()).GetProperty("id").GetString()!.Length.ShouldBeGreaterThan(9);
    }

    [Fact]
    public async Task Post_ByTeacher_MakesItsOwnLessonAlone()
    {
        await _server.SendAsync("POST", "/api/v1/lessons", _server.Teacher(_lesson), """{"id":"another"}""").ShouldBeProblemAsync(403);
        var response = await _server.SendAsync("POST", "/api/v1/lessons", _server.Teacher(_lesson), "{}").ShouldBeAsync(201);

        var lesson = await response.JsonAsync();
        lesson.GetProperty("id").GetString().ShouldBe(_lesson);
        lesson.GetProperty("teacher").GetProperty("id").GetString().ShouldBe("t-1");
    }

    [Fact]
    public async Task Post_OfLiveLesson_IsConflict_AndOfEndedOneNot()
    {
        var body = $$"""{"id":"{{_lesson}}"}""";
        await _server.SendAsync("POST", "/api/v1/lessons", _server.Service, body).ShouldBeAsync(201);
        await _server.SendAsync("POST", "/api/v1/lessons", _server.Service, body).ShouldBeProblemAsync(409);
        await _server.SendAsync("DELETE", $"/api/v1/lessons/{_lesson}", _server.Service).ShouldBeAsync(204);
        await _server.SendAsync("POST", "/api/v1/lessons", _server.Service, body).ShouldBeAsync(201);
    }

    [Fact]
    public async Task Post_OnFullNode_IsUnavailableWithRetryAfter()
    {
        await using var server = await TestServer.StartAsync();
        await server.SendAsync("POST", "/api/v1/lessons", server.Service, """{"id":"live"}""").ShouldBeAsync(201);
        server.Lessons.IsFull = true;

        await server.SendAsync("POST", "/api/v1/lessons", server.Service, """{"id":"live"}""").ShouldBeProblemAsync(409);
        var response = await server.SendAsync("POST", "/api/v1/lessons", server.Service, "{}");

        await response.ShouldBeProblemAsync(503);
        response.Headers.RetryAfter!.Delta.ShouldNotBeNull();
    }

    [Theory]
    [InlineData("""{"id":7}""", "id")]
    [InlineData("""{"id":"a b"}""", "id")]
    [InlineData("""{"id":""}""", "id")]
    [InlineData("""{"id":".."}""", "id")]
    [InlineData("""{"id":"\ud800"}""", "id")]
    [InlineData("""{"teacher":{}}""", "teacher")]
    [InlineData("""{"teacher":"é"}""", "teacher")]
    [InlineData("""{"metadata":[]}""", "metadata")]
    [InlineData("""{"metadata":{"a":1}}""", "metadata")]
    [InlineData("""{"metadata":{"a":"\udc00"}}""", "metadata")]
    [InlineData("[]", "object")]
    [InlineData("null", "object")]
    [InlineData("""{"\ud800":1}""", "JSON")]
    [InlineData("{", "JSON")]
    [InlineData("{\"id\":\"a\",}", "JSON")]
    public async Task Post_WithBadBody_SaysWhatIsWrong(string body, string word)
    {
        var title = await _server.SendAsync("POST", "/api/v1/lessons", _server.Service, body).ShouldBeProblemAsync(400);

        title.ShouldContain(word);
    }

    [Fact]
    public async Task Post_WithInvalidUtf8_IsBadRequest() =>
        await _server.SendAsync("POST", "/api/v1/lessons", _server.Service, [0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d], "application/json").ShouldBeProblemAsync(400);

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/xml")]
    [InlineData("application/json; charset=utf-16")]
    [InlineData("nonsense")]
    [InlineData(null)]
    public async Task Post_OfAnotherType_IsUnsupported(string? type) =>
        await _server.SendAsync("POST", "/api/v1/lessons", _server.Service, "{}"u8.ToArray(), type).ShouldBeProblemAsync(415);

    [Fact]
    public async Task List_ByService_HasAll_ByTeacherItsOwn()
    {
        var other = ServerFixture.NewLesson();
        await _server.SendAsync("POST", "/api/v1/lessons", _server.Teacher(_lesson), "{}").ShouldBeAsync(201);
        await _server.SendAsync("POST", "/api/v1/lessons", _server.Teacher(other), "{}").ShouldBeAsync(201);

        var all = await (await _server.SendAsync("GET", "/api/v1/lessons", _server.Service)).JsonAsync();
        var own = await (await _server.SendAsync("GET", "/api/v1/lessons", _server.Teacher(_lesson))).JsonAsync();

        var ids = all.EnumerateArray().Select(lesson => lesson.GetProperty("id").GetString()).ToList();
        ids.ShouldContain(_lesson);
        ids.ShouldContain(other);
        own.EnumerateArray().Select(lesson => lesson.GetProperty("id").GetString()).ShouldBe([_lesson]);
    }

    [Fact]
    public async Task Get_ByStudent_NamesNoOtherStudent()
    {
        await _server.SendAsync("POST", "/api/v1/lessons", _server.Teacher(_lesson), """{"metadata":{"title":"T","name.s-1":"Ana","name.t-1":"Tom","name.s-2":"Zoe"}}""").ShouldBeAsync(201);
        foreach (var student in new[] { "s-1", "s-2", "s-3" })
            await _server.SendAsync("POST", $"/whep/{_lesson}", _server.Student(_lesson, student), TestServer.Offer, "application/sdp").ShouldBeAsync(201);
        await _server.SendAsync("PUT", $"/api/v1/lessons/{_lesson}/listener", _server.Service, """{"student":"s-2"}""").ShouldBeAsync(200);

        var mine = await (await _server.SendAsync("GET", $"/api/v1/lessons/{_lesson}", _server.Student(_lesson))).Content.ReadAsStringAsync();
        var theirs = await (await _server.SendAsync("GET", $"/api/v1/lessons/{_lesson}", _server.Student(_lesson, "s-2"))).JsonAsync();

        mine.ShouldContain("""[{"id":"s-1","connected":true,"listening":false}],"listener":null""");
        mine.ShouldNotContain("s-2");
        mine.ShouldContain("\"metadata\":{\"title\":\"T\",\"name.s-1\":\"Ana\",\"name.t-1\":\"Tom\"}");
        theirs.GetProperty("listener").GetString().ShouldBe("s-2");
        theirs.GetProperty("students").GetArrayLength().ShouldBe(1);
    }

    [Fact]
    public async Task Delete_Twice_ChangesNothingMore()
    {
        await _server.SendAsync("POST", "/api/v1/lessons", _server.Teacher(_lesson), "{}").ShouldBeAsync(201);
        await _server.SendAsync("DELETE", $"/api/v1/lessons/{_lesson}", _server.Teacher(_lesson)).ShouldBeAsync(204);
        await _server.SendAsync("DELETE", $"/api/v1/lessons/{_lesson}", _server.Teacher(_lesson)).ShouldBeAsync(204);

        var lesson = await (await _server.SendAsync("GET", $"/api/v1/lessons/{_lesson}", _server.Service)).JsonAsync();
        lesson.GetProperty("state").GetString().ShouldBe("ended");
        lesson.GetProperty("endedAt").GetString().ShouldEndWith("Z");
    }
}
