using System.Text.Json;
using Ttm.Recorder.Recordings;
using Ttm.Server.Tests.Kit;

namespace Ttm.Server.Tests.Api;

public sealed class RecordingDeletionTests : IAsyncLifetime
{
    private const string Lesson = "algebra-7";

    private TestServer _server = null!;
    private string _path = "";

    public async Task InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        _path = $"/api/v1/recordings/{_server.Recordings.Add(Lesson, RecordingStatus.Stored).Id}";
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Theory]
    [InlineData("", null, "none given")]
    [InlineData("?reason=the%20parents%20asked", null, "the parents asked")]
    [InlineData("", """{"reason":"Zoë’s wish"}""", "Zoë’s wish")]
    [InlineData("?reason=query", """{"reason":"body"}""", "body")]
    [InlineData("?reason=query", "{}", "query")]
    public async Task Delete_WithItsReason_TellsWhoAndWhy(string query, string? body, string reason)
    {
        await _server.SendAsync("DELETE", _path + query, _server.Service, body).ShouldBeAsync(204);
        _server.Recordings.Deletions.ShouldHaveSingleItem().ShouldBe((_path.Split('/')[^1], "app", reason));
    }

    [Theory]
    [InlineData(DeletionOutcome.Deleted, 204)]
    [InlineData(DeletionOutcome.Pending, 202)]
    [InlineData(DeletionOutcome.NotYet, 409)]
    [InlineData(DeletionOutcome.Unknown, 404)]
    public async Task Delete_OfEachOutcome_HasItsStatus(DeletionOutcome outcome, int status)
    {
        _server.Recordings.OnDelete = _ => outcome;
        var answer = await _server.SendAsync("DELETE", _path, _server.Service).ShouldBeAsync(status);
        if (status >= 400)
            await answer.ShouldBeProblemAsync(status);
        else
            (await answer.Content.ReadAsStringAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Delete_WhileItIsRecorded_SaysWhenItCanBe()
    {
        var recording = _server.Recordings.Add(Lesson, RecordingStatus.Recording);
        _server.Recordings.OnDelete = _ => DeletionOutcome.NotYet;
        (await _server.SendAsync("DELETE", $"/api/v1/recordings/{recording.Id}", _server.Service).ShouldBeProblemAsync(409)).ShouldContain("after the next switch");
    }

    [Fact]
    public async Task Delete_WhereTheDiskRefuses_IsUnavailable()
    {
        _server.Recordings.OnDelete = _ => throw new IOException("No space left on device");
        var answer = await _server.SendAsync("DELETE", _path, _server.Service);
        (await answer.ShouldBeProblemAsync(503)).ShouldContain("nothing was deleted");
        answer.Headers.RetryAfter.ShouldNotBeNull();
    }

    [Fact]
    public async Task Delete_ByOthersThanAService_IsRefused()
    {
        await _server.SendAsync("DELETE", _path, null).ShouldBeProblemAsync(401);
        (await _server.SendAsync("DELETE", _path, _server.Teacher(Lesson)).ShouldBeProblemAsync(403)).ShouldContain("needs a service token");
        await _server.SendAsync("DELETE", _path, _server.Student(Lesson)).ShouldBeProblemAsync(403);
        _server.Recordings.Deletions.ShouldBeEmpty();
    }

    [Fact]
    public async Task Delete_WithAReasonThatIsNone_IsABadRequest()
    {
        await _server.SendAsync("DELETE", "/api/v1/recordings/a%20b", _server.Service).ShouldBeProblemAsync(400);
        await _server.SendAsync("DELETE", _path, _server.Service, """{"reason":7}""").ShouldBeProblemAsync(400);
        await _server.SendAsync("DELETE", _path, _server.Service, """{"reason":""}""").ShouldBeProblemAsync(400);
        await _server.SendAsync("DELETE", _path, _server.Service, "reason", "text/plain").ShouldBeProblemAsync(415);
        await _server.SendAsync("DELETE", _path, _server.Service, JsonSerializer.Serialize(new { reason = new string('x', 1001) })).ShouldBeProblemAsync(400);
        await _server.SendAsync("DELETE", $"{_path}?reason={new string('x', 1001)}", _server.Service).ShouldBeProblemAsync(400);
        _server.Recordings.Deletions.ShouldBeEmpty();
    }

    [Fact]
    public async Task OpenApi_HasTheDeletionWithItsReason()
    {
        var document = await (await _server.SendAsync("GET", "/openapi/v1.json", null).ShouldBeAsync(200)).JsonAsync();
        var call = document.GetProperty("paths").GetProperty("/api/v1/recordings/{recording}").GetProperty("delete");
        call.GetProperty("parameters").EnumerateArray().Select(one => one.GetProperty("name").GetString()).ShouldBe(["recording", "reason"]);
        call.GetProperty("requestBody").GetProperty("content").TryGetProperty("application/json", out _).ShouldBeTrue();
        call.GetProperty("responses").EnumerateObject().Select(one => one.Name).ShouldBe(["202", "204", "400", "401", "403", "404", "409", "413", "415", "503"], ignoreOrder: true);
    }
}
