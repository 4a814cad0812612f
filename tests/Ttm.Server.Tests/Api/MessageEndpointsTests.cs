using Ttm.Server.Messages;
using Ttm.Server.Tests.Kit;

namespace Ttm.Server.Tests.Api;

[Collection(ServerGroup.Name)]
public sealed class MessageEndpointsTests(ServerFixture fixture)
{
    private readonly TestServer _server = fixture.Server;
    private readonly string _lesson = ServerFixture.NewLesson();

    private string Path => $"/api/v1/lessons/{_lesson}/messages";

    private async Task CreateAsync() =>
        await _server.SendAsync("POST", "/api/v1/lessons", _server.Teacher(_lesson), "{}").ShouldBeAsync(201);

    [Fact]
    public async Task Post_ByStudent_IsFromItsSub_AndListedInOrder()
    {
        await CreateAsync();
        var response = await _server.SendAsync("POST", Path, _server.Student(_lesson, "s-7"), """{"text":"½ + ¼ = ¾ 👍","from":"somebody"}""").ShouldBeAsync(201);
        await _server.SendAsync("POST", Path, _server.Teacher(_lesson), """{"text":"Right"}""").ShouldBeAsync(201);

        var message = await response.JsonAsync();
        message.EnumerateObject().Select(property => property.Name).ShouldBe(["id", "lesson", "from", "text", "at"]);
        message.GetProperty("from").GetString().ShouldBe("s-7");
        message.GetProperty("text").GetString().ShouldBe("½ + ¼ = ¾ 👍");
        var list = await (await _server.SendAsync("GET", Path, _server.Teacher(_lesson))).JsonAsync();
        list.EnumerateArray().Select(one => one.GetProperty("from").GetString()).ShouldBe(["s-7", "t-1"]);
    }

    [Theory]
    [InlineData("a", 4000)]
    [InlineData("👍", 4000)]
    public async Task Post_OfTheLongestText_IsTaken_AndOneMoreIsNot(string character, int count)
    {
        await CreateAsync();
        var text = string.Concat(Enumerable.Repeat(character, count));

        await _server.SendAsync("POST", Path, _server.Student(_lesson), $$"""{"text":"{{text}}"}""").ShouldBeAsync(201);
        await _server.SendAsync("POST", Path, _server.Student(_lesson), $$"""{"text":"{{text}}x"}""").ShouldBeProblemAsync(400);
    }

    [Theory]
    [InlineData("""{"text":""}""")]
    [InlineData("""{"text":null}""")]
    [InlineData("""{"text":1}""")]
    [InlineData("""{"text":"\ud83d"}""")]
    [InlineData("{}")]
    public async Task Post_WithoutText_IsBadRequest(string body)
    {
        await CreateAsync();
        var title = await _server.SendAsync("POST", Path, _server.Student(_lesson), body).ShouldBeProblemAsync(400);
        title.ShouldContain("text");
    }

    [Fact]
    public async Task AnyCall_WithoutLesson_IsNotFound()
    {
        await _server.SendAsync("POST", Path, _server.Student(_lesson), """{"text":"a"}""").ShouldBeProblemAsync(404);
        await _server.SendAsync("GET", Path, _server.Service).ShouldBeProblemAsync(404);
    }

    [Fact]
    public async Task Post_AfterTheEnd_IsNotFound_AndTheListStays()
    {
        await CreateAsync();
        await _server.SendAsync("POST", Path, _server.Student(_lesson), """{"text":"a"}""").ShouldBeAsync(201);
        await _server.SendAsync("DELETE", $"/api/v1/lessons/{_lesson}", _server.Service).ShouldBeAsync(204);

        await _server.SendAsync("POST", Path, _server.Student(_lesson), """{"text":"b"}""").ShouldBeProblemAsync(404);
        (await (await _server.SendAsync("GET", Path, _server.Service)).JsonAsync()).GetArrayLength().ShouldBe(1);
    }

    [Fact]
    public async Task Book_BeyondItsBounds_RefusesAMessage_AndForgetsTheLessonSilentLongest()
    {
        var book = new MessageBook();
        for (var i = 0; i < MessageBook.PerLesson; i++)
            (await book.TryAddAsync(new("m", "full", "s", "t", default), true)).ShouldBeTrue();
        (await book.TryAddAsync(new("m", "full", "s", "t", default), true)).ShouldBeFalse();

        for (var i = 0; i < MessageBook.Lessons; i++)
            (await book.TryAddAsync(new("m", $"l-{i}", "s", "t", default), true)).ShouldBeTrue();
        book.List("full").ShouldBeEmpty();
        book.List("l-0").Count.ShouldBe(1);
    }
}
