using System.Net;
using Ttm.Recorder.Recordings;
using Ttm.Server.Recordings;
using Ttm.Server.Tests.Kit;

namespace Ttm.Server.Tests.Api;

[Collection(ServerGroup.Name)]
public sealed class RecordingEndpointsTests(ServerFixture fixture)
{
    private readonly TestServer _server = fixture.Server;
    private readonly string _lesson = ServerFixture.NewLesson();

    private Recording AddBytes() =>
        _server.Recordings.Add(_lesson, RecordingStatus.Stored, new RecordingAudio.Content(new MemoryStream([.. Enumerable.Range(0, 100).Select(i => (byte)i)])));

    [Fact]
    public async Task List_HasTheShapeOfTheContract()
    {
        AddBytes();
        var list = await (await _server.SendAsync("GET", $"/api/v1/lessons/{_lesson}/recordings", _server.Teacher(_lesson)).ShouldBeAsync(200)).JsonAsync();

        var recording = list.EnumerateArray().Single();
        recording.EnumerateObject().Select(property => property.Name).ShouldBe(
            ["id", "lesson", "teacher", "student", "sequence", "status", "startedAt", "endedAt", "duration", "format", "bytes", "sha256", "location", "quality"]);
        recording.GetProperty("status").GetString().ShouldBe("stored");
        recording.GetProperty("startedAt").GetString().ShouldBe("2026-03-04T05:06:07.000Z");
        recording.GetProperty("duration").GetDouble().ShouldBe(2.5);
        recording.GetProperty("format").ToString().ShouldBe("""{"codec":"mp3","sampleRate":24000,"channels":1,"bitrate":64000}""");
        recording.GetProperty("quality").EnumerateObject().Select(property => property.Name).ShouldBe(["packetsExpected", "packetsLost", "packetsRecovered", "concealed"]);
    }

    [Fact]
    public async Task List_OfALessonWithoutAny_IsEmpty_AndOfNoLessonNotFound()
    {
        var list = $"/api/v1/lessons/{_lesson}/recordings";
        await _server.SendAsync("GET", list, _server.Service).ShouldBeProblemAsync(404);
        await _server.SendAsync("POST", "/api/v1/lessons", _server.Teacher(_lesson), "{}").ShouldBeAsync(201);
        (await (await _server.SendAsync("GET", list, _server.Service)).Content.ReadAsStringAsync()).ShouldBe("[]");
    }

    [Fact]
    public async Task Audio_WithARangeInAnotherUnit_IsAll()
    {
        var all = await _server.SendAsync("GET", $"/api/v1/recordings/{AddBytes().Id}/audio", _server.Teacher(_lesson), body: null, headers: ("Range", "items=0-5")).ShouldBeAsync(200);
        (await all.Content.ReadAsByteArrayAsync()).Length.ShouldBe(100);
    }

    [Fact]
    public async Task Audio_OfAFile_HasRangesAndHead()
    {
        var path = $"/api/v1/recordings/{AddBytes().Id}/audio";
        var part = await _server.SendAsync("GET", path, _server.Teacher(_lesson), body: null, headers: ("Range", "bytes=10-19")).ShouldBeAsync(206);

        part.Content.Headers.ContentType!.ToString().ShouldBe("audio/mpeg");
        part.Content.Headers.ContentRange!.ToString().ShouldBe("bytes 10-19/100");
        (await part.Content.ReadAsByteArrayAsync()).ShouldBe([.. Enumerable.Range(10, 10).Select(i => (byte)i)]);

        path = $"/api/v1/recordings/{AddBytes().Id}/audio?access_token={_server.Teacher(_lesson)}";
        var head = await _server.SendAsync("HEAD", path, null).ShouldBeAsync(200);
        head.Content.Headers.ContentLength.ShouldBe(100);
        head.Headers.AcceptRanges.ShouldBe(["bytes"]);
        head.Headers.ETag!.ToString().ShouldBe("\"abc\"");
    }

    [Fact]
    public async Task Audio_OutsideOfTheFile_IsRangeNotSatisfiable() =>
        await _server.SendAsync("GET", $"/api/v1/recordings/{AddBytes().Id}/audio", _server.Service, body: null, headers: ("Range", "bytes=100-")).ShouldBeProblemAsync(416);

    [Fact]
    public async Task Audio_InTheObjectStore_IsARedirect()
    {
        var recording = _server.Recordings.Add(_lesson, RecordingStatus.Stored, new RecordingAudio.Redirect(new("https://s3.example/b/k.mp3?X-Amz-Signature=a%2Bb")));
        var response = await _server.SendAsync("GET", $"/api/v1/recordings/{recording.Id}/audio", _server.Teacher(_lesson));

        response.StatusCode.ShouldBe(HttpStatusCode.Redirect);
        response.Headers.Location!.OriginalString.ShouldBe("https://s3.example/b/k.mp3?X-Amz-Signature=a%2Bb");
        response.Headers.CacheControl!.NoStore.ShouldBeTrue();
    }

    [Theory]
    [InlineData(RecordingStatus.Recording, 409)]
    [InlineData(RecordingStatus.Encoding, 409)]
    [InlineData(RecordingStatus.Failed, 404)]
    [InlineData(RecordingStatus.Stored, 404)]
    public async Task Audio_ThatIsNotThere_SaysWhy(RecordingStatus status, int expected)
    {
        var recording = _server.Recordings.Add(_lesson, status);
        await _server.SendAsync("GET", $"/api/v1/recordings/{recording.Id}/audio", _server.Teacher(_lesson)).ShouldBeProblemAsync(expected);
    }

    [Fact]
    public async Task Audio_OfAStoreThatIsAway_IsUnavailable()
    {
        var recording = _server.Recordings.Add(_lesson, RecordingStatus.Stored, new RecordingAudio.StoreUnavailable("The bucket b does not answer."));
        var title = await _server.SendAsync("GET", $"/api/v1/recordings/{recording.Id}/audio", _server.Teacher(_lesson)).ShouldBeProblemAsync(503);
        title.ShouldContain("bucket");
    }

    [Theory]
    [InlineData("")]
    [InlineData("/audio")]
    public async Task Recording_IsItsLessonsAlone(string suffix)
    {
        var path = $"/api/v1/recordings/{AddBytes().Id}{suffix}";
        await _server.SendAsync("GET", path, _server.Teacher("another")).ShouldBeProblemAsync(403);
        await _server.SendAsync("GET", path, _server.Student(_lesson)).ShouldBeProblemAsync(403);
        await _server.SendAsync("GET", path, null).ShouldBeProblemAsync(401);
        await _server.SendAsync("GET", path, _server.Teacher(_lesson)).ShouldBeAsync(200);
        await _server.SendAsync("GET", $"/api/v1/recordings/none{suffix}", _server.Teacher(_lesson)).ShouldBeProblemAsync(404);
    }
}
