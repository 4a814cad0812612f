using System.Net;
using Ttm.Server.Tests.Kit;

namespace Ttm.Server.Tests.Auth;

/// <summary>Every call with every role: the contract's table of who may do what.</summary>
[Collection(ServerGroup.Name)]
public sealed class RolesTests(ServerFixture fixture)
{
    private readonly TestServer _server = fixture.Server;

    public static TheoryData<string, string, string?, bool, bool> Calls => new()
    {
        // method, path ({l} is the lesson), body, teacher may, student may
        { "POST", "/api/v1/lessons", "{}", true, false },
        { "GET", "/api/v1/lessons", null, true, false },
        { "GET", "/api/v1/lessons/{l}", null, true, true },
        { "PUT", "/api/v1/lessons/{l}/listener", """{"student":"s-1"}""", true, false },
        { "DELETE", "/api/v1/lessons/{l}/listener", null, true, false },
        { "GET", "/api/v1/lessons/{l}/recordings", null, true, false },
        { "POST", "/api/v1/lessons/{l}/messages", """{"text":"a"}""", true, true },
        { "GET", "/api/v1/lessons/{l}/messages", null, true, false },
        { "GET", "/api/v1/lessons/{l}/events", null, true, true },
        { "DELETE", "/api/v1/lessons/{l}", null, true, false },
        { "GET", "/api/v1/recordings/none", null, true, false },
        { "GET", "/api/v1/recordings/none/audio", null, true, false },
        { "GET", "/api/v1/ice-servers", null, true, true },
        { "GET", "/api/v1/node", null, false, false },
        { "GET", "/api/v1/recordings", null, false, false },
        { "GET", "/api/v1/lessons/{l}/flight", null, false, false },
        { "GET", "/api/v1/network/events", null, true, true },
        { "POST", "/api/v1/network/links", null, false, false },
        { "POST", "/whip/{l}", TestServer.Offer, true, false },
        { "POST", "/whep/{l}", TestServer.Offer, false, true },
        { "PATCH", "/whip/{l}/none", "a=", true, false },
        { "PATCH", "/whep/{l}/none", "a=", false, true },
        { "DELETE", "/whip/{l}/none", null, true, false },
        { "DELETE", "/whep/{l}/none", null, false, true },
    };

    /// <summary>Those whose path names a lesson.</summary>
    public static TheoryData<string, string, string?, bool, bool> CallsInALesson
    {
        get
        {
            var calls = new TheoryData<string, string, string?, bool, bool>();
            foreach (var (method, path, body, teacher, student) in Calls.Select(call => ((string)call[0], (string)call[1], (string?)call[2], (bool)call[3], (bool)call[4])))
            {
                if (path.Contains("{l}", StringComparison.Ordinal))
                    calls.Add(method, path, body, teacher, student);
            }

            return calls;
        }
    }

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task Call_ByEachRole_IsAllowedOrForbidden(string method, string path, string? body, bool teacher, bool student)
    {
        await CheckAsync(method, path, body, lesson => _server.Teacher(lesson), teacher);
        await CheckAsync(method, path, body, lesson => _server.Student(lesson), student);
        await CheckAsync(method, path, body, _ => _server.Service, true);
    }

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task Call_WithoutGoodToken_IsUnauthorized(string method, string path, string? body, bool teacher, bool student)
    {
        _ = (teacher, student);
        foreach (var token in new[] { null, "x", "a.b.c" })
        {
            using var response = await _server.SendAsync(method, path.Replace("{l}", "some", StringComparison.Ordinal), token, body, Type(path));
            await response.ShouldBeProblemAsync(401);
            response.Headers.WwwAuthenticate.ToString().ShouldStartWith("Bearer");
        }
    }

    [Theory]
    [MemberData(nameof(CallsInALesson))]
    public async Task Call_InAnotherLesson_IsForbidden(string method, string path, string? body, bool teacher, bool student)
    {
        var theirs = path.Replace("{l}", await CreateAsync(), StringComparison.Ordinal);
        if (teacher)
            await _server.SendAsync(method, theirs, _server.Teacher("mine"), body, Type(path)).ShouldBeProblemAsync(403);
        if (student)
            await _server.SendAsync(method, theirs, _server.Student("mine"), body, Type(path)).ShouldBeProblemAsync(403);
    }

    [Theory]
    [MemberData(nameof(CallsInALesson))]
    public async Task Call_WithAnIdThatCannotBe_IsBadRequest(string method, string path, string? body, bool teacher, bool student)
    {
        _ = (teacher, student);
        foreach (var id in new[] { "a%20b", "a%2Fb", "%C3%A9", "a*", new string('a', 129), "a%00" })
        {
            using var response = await _server.SendAsync(method, path.Replace("{l}", id, StringComparison.Ordinal), _server.Service, body, Type(path));

            // Kestrel itself refuses a zero byte, without a body.
            if (id != "a%00")
                await response.ShouldBeProblemAsync(400);
            else
                response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        }
    }

    private static string Type(string path) =>
        path.StartsWith("/api", StringComparison.Ordinal) ? "application/json"
        : path.EndsWith("/none", StringComparison.Ordinal) ? "application/trickle-ice-sdpfrag"
        : "application/sdp";

    private async Task<string> CreateAsync()
    {
        var lesson = ServerFixture.NewLesson();
        await _server.SendAsync("POST", "/api/v1/lessons", _server.Service, $$"""{"id":"{{lesson}}"}""").ShouldBeAsync(201);
        return lesson;
    }

    private async Task CheckAsync(string method, string path, string? body, Func<string, string> token, bool allowed)
    {
        var lesson = path == "/api/v1/lessons" ? ServerFixture.NewLesson() : await CreateAsync();
        using var response = await _server.SendAsync(method, path.Replace("{l}", lesson, StringComparison.Ordinal), token(lesson), body, Type(path));
        if (!allowed)
            await response.ShouldBeProblemAsync(403);
        else if (path.EndsWith("/none", StringComparison.Ordinal) || path.Contains("/none/", StringComparison.Ordinal))
            await response.ShouldBeProblemAsync(404);
        else
            ((int)response.StatusCode).ShouldBeInRange(200, 204);
    }
}
