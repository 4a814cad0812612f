using Ttm.Server.Tests.Kit;

namespace Ttm.Server.Tests.Api;

[Collection(ServerGroup.Name)]
public sealed class NodeEndpointsTests(ServerFixture fixture)
{
    private readonly TestServer _server = fixture.Server;
    private readonly string _lesson = ServerFixture.NewLesson();

    [Fact]
    public async Task Node_ForAService_TellsOfServerAndLessons()
    {
        await _server.SendAsync("POST", $"/whip/{_lesson}", _server.Teacher(_lesson), TestServer.Offer, "application/sdp").ShouldBeAsync(201);
        await _server.SendAsync("POST", $"/whep/{_lesson}", _server.Student(_lesson), TestServer.Offer, "application/sdp").ShouldBeAsync(201);
        var node = await (await _server.SendAsync("GET", "/api/v1/node", _server.Service).ShouldBeAsync(200)).JsonAsync();

        node.EnumerateObject().Select(property => property.Name).ShouldBe(
            ["version", "startedAt", "ready", "reasons", "warnings", "cpu", "loopLag", "memory", "disk", "uploads", "sessions", "lessons"]);
        node.GetProperty("version").GetString()!.ShouldMatch(@"^\d+\.\d+\.\d+");
        node.GetProperty("ready").GetBoolean().ShouldBeTrue();
        node.GetProperty("cpu").GetProperty("cores").GetInt32().ShouldBe(Environment.ProcessorCount);
        node.GetProperty("cpu").GetProperty("used").GetDouble().ShouldBeGreaterThanOrEqualTo(0);
        node.GetProperty("memory").GetInt64().ShouldBeGreaterThan(1 << 20);
        node.GetProperty("uploads").ToString().ShouldBe("""{"waiting":0,"oldestAge":0}""");

        var lesson = node.GetProperty("lessons").EnumerateArray().Single(one => one.GetProperty("id").GetString() == _lesson);
        lesson.EnumerateObject().Select(property => property.Name).ShouldBe(
            ["id", "startedAt", "teacher", "listener", "recording", "students", "metadata"]);
        lesson.GetProperty("teacher").EnumerateObject().Select(property => property.Name).ShouldBe(
            ["id", "connected", "path", "connectedFor", "level", "packetsReceived", "packetsLost", "loss", "jitter"]);
        lesson.GetProperty("students")[0].EnumerateObject().Select(property => property.Name).ShouldBe(
            ["id", "connected", "listening", "path", "connectedFor", "packetsSent", "packetsLost", "loss", "jitter", "roundTrip"]);
    }

    [Fact]
    public async Task Node_ForATeacher_IsForbidden()
    {
        await _server.SendAsync("GET", "/api/v1/node", null).ShouldBeProblemAsync(401);
        await _server.SendAsync("GET", "/api/v1/node", _server.Teacher(_lesson)).ShouldBeProblemAsync(403);
        await _server.SendAsync("GET", "/api/v1/recordings", _server.Teacher(_lesson)).ShouldBeProblemAsync(403);
    }
}
