using Ttm.Server.Auth;
using Ttm.Server.Tests.Kit;

namespace Ttm.Server.Tests.Api;

/// <summary>A lesson that is not to be recorded is not, however it comes to be.</summary>
[Collection(ServerGroup.Name)]
public sealed class NotRecordedTests(ServerFixture fixture)
{
    private const string NotRecorded = """{"record":false}""";

    private readonly TestServer _server = fixture.Server;
    private readonly string _lesson = ServerFixture.NewLesson();

    private bool IsRecorded => _server.Lessons.Find(_lesson)!.Snapshot.IsRecorded;

    private Task<HttpResponseMessage> ConnectAsync(string kind, string token) => _server.SendAsync("POST", $"/{kind}/{_lesson}", token, TestServer.Offer, "application/sdp");

    private Task<HttpResponseMessage> CreateAsync(string token, string body) => _server.SendAsync("POST", "/api/v1/lessons", token, body);

    private Task EndAsync() => _server.SendAsync("DELETE", $"/api/v1/lessons/{_lesson}", _server.Service).ShouldBeAsync(204);

    [Theory]
    [InlineData("whip")]
    [InlineData("whep")]
    public async Task Connect_ByATokenThatSaysSo_MakesALessonThatIsNotRecorded(string kind)
    {
        await ConnectAsync(kind, _server.Private(_lesson, kind == "whip" ? Role.Teacher : Role.Student)).ShouldBeAsync(201);
        IsRecorded.ShouldBeFalse();
    }

    [Fact]
    public async Task Connect_ByATokenThatSaysSo_ToARecordedLesson_IsConflict()
    {
        await CreateAsync(_server.Teacher(_lesson), "{}").ShouldBeAsync(201);
        await ConnectAsync("whip", _server.Private(_lesson)).ShouldBeProblemAsync(409);
        await ConnectAsync("whep", _server.Private(_lesson, Role.Student)).ShouldBeProblemAsync(409);
        await EndAsync();
        await ConnectAsync("whip", _server.Private(_lesson)).ShouldBeAsync(201);
        IsRecorded.ShouldBeFalse();
    }

    [Fact]
    public async Task Whip_AfterTheEndOfOneThatWasNot_MakesAnotherThatIsNot()
    {
        await CreateAsync(_server.Teacher(_lesson), NotRecorded).ShouldBeAsync(201);
        await EndAsync();
        await ConnectAsync("whip", _server.Teacher(_lesson)).ShouldBeAsync(201);
        IsRecorded.ShouldBeFalse();
        await EndAsync();
        await CreateAsync(_server.Teacher(_lesson), "{}").ShouldBeAsync(201);
        IsRecorded.ShouldBeTrue();
    }

    [Theory]
    [InlineData("{}", 201)]
    [InlineData(NotRecorded, 201)]
    [InlineData("""{"record":true}""", 403)]
    public async Task Create_ByATokenThatSaysSo_MakesNoneThatIsRecorded(string body, int status)
    {
        await CreateAsync(_server.Private(_lesson), body).ShouldBeAsync(status);
        (_server.Lessons.Find(_lesson)?.Snapshot.IsRecorded).ShouldNotBe(true);
    }
}
