using System.Text.Json;
using Ttm.Recorder.Recordings;
using Ttm.Server.Tests.Kit;

namespace Ttm.Server.Tests.Api;

public sealed class RecordingSearchTests : IAsyncLifetime
{
    private TestServer _server = null!;

    public async Task InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        Add("rec_1", "algebra", "t-1", "ada", "2026-03-04T00:00:00Z", RecordingStatus.Stored);
        Add("rec_2", "algebra", "t-1", "ben", "2026-03-04T23:59:59Z", RecordingStatus.Failed);
        Add("rec_3", "biology", "t-2", "ada", "2026-03-05T00:00:00Z", RecordingStatus.Stored);
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Theory]
    [InlineData("", "rec_3 rec_2 rec_1")]
    [InlineData("lesson=algebra", "rec_2 rec_1")]
    [InlineData("teacher=t-2", "rec_3")]
    [InlineData("student=ada", "rec_3 rec_1")]
    [InlineData("student=ada&lesson=algebra", "rec_1")]
    [InlineData("status=failed", "rec_2")]
    [InlineData("date=2026-03-04", "rec_2 rec_1")]
    [InlineData("from=2026-03-04T23:59:59Z", "rec_3 rec_2")]
    [InlineData("from=2026-03-05T00:00:00%2B01:00&to=2026-03-05T01:00:00%2B01:00", "rec_2")]
    [InlineData("to=2026-03-04T23:59:59.000Z", "rec_1")]
    [InlineData("student=nobody", "")]
    [InlineData("student=", "rec_3 rec_2 rec_1")]
    [InlineData("unknown=1", "rec_3 rec_2 rec_1")]
    public async Task Find_ByParameters_GivesThoseNewestFirst(string query, string expected) =>
        Ids(await FindAsync(query)).ShouldBe(expected);

    [Fact]
    public async Task Find_InPages_GivesEachOnce()
    {
        var first = await FindAsync("limit=2");
        Ids(first).ShouldBe("rec_3 rec_2");
        var second = await FindAsync($"limit=2&after={first.GetProperty("next").GetString()}");
        Ids(second).ShouldBe("rec_1");
        second.GetProperty("next").ValueKind.ShouldBe(JsonValueKind.Null);
        (await FindAsync("limit=3")).GetProperty("next").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Theory]
    [InlineData("lesson=a/b")]
    [InlineData("lesson=a&lesson=b")]
    [InlineData("date=4.3.2026")]
    [InlineData("date=2026-13-01")]
    [InlineData("from=yesterday")]
    [InlineData("from=2026-03-04T00:00:00")]
    [InlineData("date=2026-03-04&to=2026-03-05T00:00:00Z")]
    [InlineData("status=0")]
    [InlineData("status=Stored")]
    [InlineData("limit=0")]
    [InlineData("limit=501")]
    [InlineData("limit=-1")]
    [InlineData("after=%00")]
    [InlineData("date=9999-12-31")]
    public async Task Find_ByParametersThatAreNone_SaysWhich(string query)
    {
        var title = await _server.SendAsync("GET", $"/api/v1/recordings?{query}", _server.Service).ShouldBeProblemAsync(400);
        title.ShouldContain($"\"{query.Split('=')[0]}\"");
    }

    [Fact]
    public async Task OpenApi_NamesTheParameters()
    {
        var document = await (await _server.SendAsync("GET", "/openapi/v1.json", null)).JsonAsync();
        var parameters = document.GetProperty("paths").GetProperty("/api/v1/recordings").GetProperty("get").GetProperty("parameters");
        parameters.EnumerateArray().Select(one => one.GetProperty("name").GetString()).ShouldBe(["lesson", "teacher", "student", "status", "date", "from", "to", "limit", "after"]);
    }

    private static string Ids(JsonElement found) => string.Join(' ', found.GetProperty("recordings").EnumerateArray().Select(one => one.GetProperty("id").GetString()));

    private async Task<JsonElement> FindAsync(string query) =>
        await (await _server.SendAsync("GET", $"/api/v1/recordings?{query}", _server.Service).ShouldBeAsync(200)).JsonAsync();

    private void Add(string id, string lesson, string teacher, string student, string startedAt, RecordingStatus status)
    {
        var at = DateTimeOffset.Parse(startedAt, System.Globalization.CultureInfo.InvariantCulture);
        _server.Recordings.Add(new Recording(id, lesson, teacher, student, 1, status, at, at.AddSeconds(1), 1, new("mp3", 24000, 1, 64000), 100, "abc", "file:///x.mp3", null));
    }
}
