using System.Text.Json;
using Ttm.Server.Tests.Kit;

namespace Ttm.Server.Tests.Api;

[Collection(ServerGroup.Name)]
public sealed class ApiDocumentTests(ServerFixture fixture)
{
    private readonly TestServer _server = fixture.Server;

    [Fact]
    public async Task Document_HasSummaryAndExamples_OfEveryOperation()
    {
        var document = await (await _server.SendAsync("GET", "/openapi/v1.json", null).ShouldBeAsync(200)).JsonAsync();
        var missing = new List<string>();
        var count = 0;
        foreach (var path in document.GetProperty("paths").EnumerateObject())
        {
            foreach (var operation in path.Value.EnumerateObject())
            {
                count++;
                var name = $"{operation.Name} {path.Name}";
                if (!operation.Value.TryGetProperty("summary", out _))
                    missing.Add(name + " summary");
                if (operation.Value.TryGetProperty("requestBody", out var body))
                    missing.AddRange(WithoutExample(body).Select(type => $"{name} body {type}"));
                foreach (var response in operation.Value.GetProperty("responses").EnumerateObject())
                    missing.AddRange(WithoutExample(response.Value).Select(type => $"{name} {response.Name} {type}"));
                if (operation.Value.TryGetProperty("parameters", out var parameters))
                    missing.AddRange(parameters.EnumerateArray().Where(one => !one.TryGetProperty("example", out _)).Select(one => $"{name} {one.GetProperty("name")}"));
            }
        }

        missing.ShouldBeEmpty();
        count.ShouldBeGreaterThan(20);
    }

    [Fact]
    public async Task Document_OfALesson_ShowsWhatTheServerAnswers()
    {
        var document = await (await _server.SendAsync("GET", "/openapi/v1.json", null)).JsonAsync();
        var example = document.GetProperty("paths").GetProperty("/api/v1/lessons/{lesson}").GetProperty("get").GetProperty("responses").GetProperty("200")
            .GetProperty("content").GetProperty("application/json").GetProperty("example");
        var lesson = ServerFixture.NewLesson();
        await _server.SendAsync("POST", "/api/v1/lessons", _server.Service, $$"""{"id":"{{lesson}}","teacher":"t-3","metadata":{"title":"Fractions"},"record":false}""").ShouldBeAsync(201);
        await _server.SendAsync("PUT", $"/api/v1/lessons/{lesson}/listener", _server.Service, """{"student":"s-17"}""").ShouldBeAsync(200);
        var answer = await (await _server.SendAsync("GET", $"/api/v1/lessons/{lesson}", _server.Service)).JsonAsync();

        Names(answer).Except(Names(example)).ShouldBeEmpty();
        Names(example.GetProperty("teacher")).Take(2).ShouldBe(["id", "connected"]);
    }

    [Fact]
    public async Task Document_DeclaresEachParameterOfEachPath_AndNoTokenWhereNoneIsNeeded()
    {
        var document = await (await _server.SendAsync("GET", "/openapi/v1.json", null)).JsonAsync();
        foreach (var path in document.GetProperty("paths").EnumerateObject())
        {
            foreach (var operation in path.Value.EnumerateObject())
            {
                var name = $"{operation.Name} {path.Name}";
                var declared = operation.Value.TryGetProperty("parameters", out var parameters)
                    ? parameters.EnumerateArray().Where(one => one.GetProperty("in").GetString() == "path").Select(one => one.GetProperty("name").GetString()!).ToList()
                    : [];
                declared.ShouldBe(path.Name.Split('/').Where(part => part.StartsWith('{')).Select(part => part[1..^1]), name);
                var isPublic = operation.Name == "options" || !path.Name.StartsWith("/api") && !path.Name.StartsWith("/whip") && !path.Name.StartsWith("/whep");
                (operation.Value.TryGetProperty("security", out var security) && security.GetArrayLength() == 0).ShouldBe(isPublic, name);
            }
        }

        var schemas = document.GetProperty("components").GetProperty("schemas");
        Required(schemas, "LessonView").ShouldNotContain("record");
        Required(schemas, "TeacherView").ShouldNotContain("muted");
        await _server.SendAsync("GET", "/openapi/v2.json", null).ShouldBeProblemAsync(404);
    }

    private static IEnumerable<string?> Required(JsonElement schemas, string name) => schemas.GetProperty(name).GetProperty("required").EnumerateArray().Select(one => one.GetString());

    private static IEnumerable<string> Names(JsonElement element) => element.EnumerateObject().Select(property => property.Name);

    private static IEnumerable<string> WithoutExample(JsonElement owner) =>
        owner.TryGetProperty("content", out var content) ? content.EnumerateObject().Where(one => !one.Value.TryGetProperty("example", out _)).Select(one => one.Name) : [];
}
