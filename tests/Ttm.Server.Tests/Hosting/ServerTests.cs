using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Ttm.Server.Operations;
using Ttm.Server.Tests.Kit;

namespace Ttm.Server.Tests.Hosting;

[Collection(ServerGroup.Name)]
public sealed class ServerTests(ServerFixture fixture)
{
    private readonly TestServer _server = fixture.Server;

    [Theory]
    [InlineData("GET", "/nothing", 404)]
    [InlineData("GET", "/api/v1/nothing", 404)]
    [InlineData("GET", "/api/v2/lessons", 404)]
    [InlineData("PATCH", "/api/v1/lessons", 405)]
    [InlineData("PUT", "/healthz", 405)]
    [InlineData("POST", "/metrics", 405)]
    [InlineData("POST", "/metrics/x", 404)]
    [InlineData("GET", "/whip", 404)]
    [InlineData("POST", "/whip/a/b/c", 404)]
    public async Task UnknownRoutesAndMethods_AreProblems(string method, string path, int status) =>
        await _server.SendAsync(method, path, _server.Service).ShouldBeProblemAsync(status);

    [Fact]
    public async Task Head_IsAsGetWithoutTheContent()
    {
        var lesson = ServerFixture.NewLesson();
        await _server.SendAsync("POST", "/api/v1/lessons", _server.Teacher(lesson), "{}").ShouldBeAsync(201);
        string[] paths = ["/api/v1/lessons", $"/api/v1/lessons/{lesson}", $"/api/v1/lessons/{lesson}/recordings", $"/api/v1/lessons/{lesson}/messages", "/api/v1/ice-servers", "/openapi/v1.json"];
        foreach (var path in paths)
        {
            var response = await _server.SendAsync("HEAD", path, _server.Teacher(lesson)).ShouldBeAsync(200);
            (await response.Content.ReadAsByteArrayAsync()).ShouldBeEmpty(path);
        }

        await _server.SendAsync("HEAD", $"/api/v1/lessons/{lesson}/events", _server.Teacher(lesson)).ShouldBeAsync(405);
    }

    [Fact]
    public async Task Fault_IsAProblemWithoutItsStackTrace_AndInTheLog()
    {
        await using var server = await TestServer.StartAsync();
        server.Lessons.Fault = new InvalidOperationException("the secret inside");

        var response = await server.SendAsync("GET", "/api/v1/lessons/a", server.Service, body: null, headers: ("Origin", "https://lms.example"));

        (await response.Content.ReadAsStringAsync()).ShouldNotContain("secret");
        await response.ShouldBeProblemAsync(500);
        response.Headers.Contains("Access-Control-Allow-Origin").ShouldBeTrue();
        server.Logs.Lines.ShouldContain(line => line.Contains("the secret inside", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Healthz_IsAlive()
    {
        await _server.SendAsync("GET", "/healthz", null).ShouldBeAsync(200);
        await _server.SendAsync("HEAD", "/healthz", null).ShouldBeAsync(200);
    }

    [Fact]
    public async Task Readyz_SaysWhyNot()
    {
        await _server.SendAsync("GET", "/readyz", null).ShouldBeAsync(200);
        await using var server = await TestServer.StartAsync(builder => builder.Services.AddSingleton<IReadinessCheck, NoBucket>());

        var response = await server.SendAsync("GET", "/readyz", null);

        (await response.ShouldBeProblemAsync(503)).ShouldContain("bucket");
        (await response.JsonAsync()).GetProperty("reasons")[0].GetString().ShouldBe("There is no bucket.");
    }

    [Fact]
    public async Task Metrics_NameTheLessonsAndNoPersons()
    {
        var lesson = ServerFixture.NewLesson();
        await _server.SendAsync("POST", $"/whep/{lesson}", _server.Student(lesson, "s-metric"), TestServer.Offer, "application/sdp").ShouldBeAsync(201);

        var text = await (await _server.SendAsync("GET", "/metrics", null).ShouldBeAsync(200)).Content.ReadAsStringAsync();

        text.ShouldContain("ttm_lessons_live");
        text.ShouldContain("ttm_students_connected");
        text.ShouldContain("ttm_events_total{");
        text.ShouldContain("http_server_request_duration");
        text.ShouldNotContain("s-metric");
        text.ShouldNotContain(lesson);
    }

    [Fact]
    public async Task OpenApi_DescribesEveryCall()
    {
        var document = await (await _server.SendAsync("GET", "/openapi/v1.json", null).ShouldBeAsync(200)).JsonAsync();

        var calls = document.GetProperty("paths").EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject().Select(call => $"{call.Name.ToUpperInvariant()} {path.Name}")).ToList();
        foreach (var call in new[]
                 {
                     "POST /whip/{lesson}", "POST /whep/{lesson}", "PATCH /whip/{lesson}/{session}", "DELETE /whep/{lesson}/{session}",
                     "POST /api/v1/lessons", "GET /api/v1/lessons", "GET /api/v1/lessons/{lesson}", "DELETE /api/v1/lessons/{lesson}",
                     "PUT /api/v1/lessons/{lesson}/listener", "DELETE /api/v1/lessons/{lesson}/listener", "GET /api/v1/lessons/{lesson}/recordings",
                     "GET /api/v1/recordings/{recording}", "GET /api/v1/recordings/{recording}/audio", "POST /api/v1/lessons/{lesson}/messages",
                     "GET /api/v1/lessons/{lesson}/messages", "GET /api/v1/lessons/{lesson}/events", "GET /api/v1/ice-servers", "GET /api/v1/node", "GET /api/v1/lessons/{lesson}/flight", "GET /api/v1/recordings", "GET /healthz", "GET /readyz",
                 })
            calls.ShouldContain(call);
        foreach (var call in document.GetProperty("paths").EnumerateObject().SelectMany(path => path.Value.EnumerateObject()))
            call.Value.GetProperty("summary").GetString().ShouldNotBeNullOrEmpty();
        document.ToString().ShouldNotContain("/dev/");
    }

    [Fact]
    public async Task Answers_CarryTheSecurityHeaders()
    {
        foreach (var path in new[] { "/healthz", "/nothing" })
        {
            var headers = (await _server.SendAsync("GET", path, null)).Headers;
            var policy = headers.GetValues("Content-Security-Policy").Single();
            policy.ShouldContain("default-src 'self'");
            policy.ShouldNotContain("unsafe");
            headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
            headers.GetValues("Permissions-Policy").Single().ShouldContain("microphone=(self)");
            headers.Contains("Server").ShouldBeFalse();
        }
    }

    [Theory]
    [InlineData("https://s3.example:9000", null, "media-src 'self' blob: data: https://s3.example:9000;")]
    [InlineData("https://s3.example", "false", "media-src 'self' blob: data: https://s3.example https://*.s3.example;")]
    [InlineData(null, null, "media-src 'self' blob: data: https://*.amazonaws.com;")]
    public async Task Policy_WithS3_AdmitsItsAudio(string? service, string? pathStyle, string expected)
    {
        await using var server = await TestServer.StartAsync(
            "--Storage:Provider=S3", "--Storage:S3:Bucket=b", "--Storage:S3:Region=eu-west-1", $"--Storage:S3:ServiceUrl={service}", $"--Storage:S3:ForcePathStyle={pathStyle}");

        var policy = (await server.SendAsync("GET", "/healthz", null)).Headers.GetValues("Content-Security-Policy").Single();

        policy.ShouldContain(expected);
    }

    [Theory]
    [InlineData("GET", "/")]
    [InlineData("GET", "/index.html")]
    [InlineData("GET", "/INDEX.HTML")]
    [InlineData("POST", "/dev/lessons")]
    [InlineData("GET", "/docs")]
    public async Task Production_HasNoDevelopersPages(string method, string path) =>
        await _server.SendAsync(method, path, null).ShouldBeProblemAsync(404);

    [Fact]
    public async Task Development_HandsOutLinksThatWork()
    {
        await using var server = await TestServer.StartAsync("--environment=Development");
        var trial = await (await server.SendAsync("POST", "/dev/lessons", null).ShouldBeAsync(201)).JsonAsync();

        var lesson = trial.GetProperty("lesson").GetString()!;
        var teacher = new Uri(trial.GetProperty("teacher").GetProperty("url").GetString()!);
        teacher.AbsolutePath.ShouldBe("/teacher.html");
        teacher.Fragment.ShouldEndWith($"&lesson={lesson}");
        var token = teacher.Fragment["#token=".Length..teacher.Fragment.IndexOf('&', StringComparison.Ordinal)];
        await server.SendAsync("POST", $"/whip/{lesson}", token, TestServer.Offer, "application/sdp").ShouldBeAsync(201);
        var students = trial.GetProperty("students").EnumerateArray().ToList();
        students.Count.ShouldBeGreaterThan(1);
        students[0].EnumerateObject().Select(property => property.Name).ShouldBe(["id", "name", "url"]);
    }

    [Fact]
    public async Task Garbage_NeverMakesA500()
    {
        var chance = new Random(20260304);
        string[] paths = ["/api/v1/lessons", "/api/v1/lessons/f/listener", "/api/v1/lessons/f/messages", "/whip/f", "/whep/f", "/whip/f/x", "/api/v1/recordings/f/audio"];
        string[] methods = ["POST", "PUT", "PATCH", "DELETE", "GET"];
        string[] types = ["application/json", "application/sdp", "application/trickle-ice-sdpfrag", "text/plain", "a/b;c=\"", ""];
        string[] seeds = ["""{"id":"a","teacher":"t","metadata":{"k":"v"}}""", """{"student":"s-1"}""", """{"text":"hello"}""", "v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\n"];
        string[] tokens = [_server.Service, _server.Teacher("f"), _server.Student("f")];
        for (var i = 0; i < 1500; i++)
        {
            var body = System.Text.Encoding.UTF8.GetBytes(seeds[chance.Next(seeds.Length)]);
            for (var changes = chance.Next(6); changes > 0; changes--)
                body[chance.Next(body.Length)] = (byte)chance.Next(256);
            using var response = await _server.SendAsync(
                methods[chance.Next(methods.Length)],
                paths[chance.Next(paths.Length)],
                tokens[chance.Next(tokens.Length)],
                body[..chance.Next(body.Length + 1)],
                types[chance.Next(types.Length)],
                ("If-Match", new string((char)chance.Next(33, 127), chance.Next(1, 4))),
                ("Range", "bytes=" + (char)chance.Next(33, 127)));
            ((int)response.StatusCode).ShouldBeLessThan(500);
            if (response.StatusCode >= HttpStatusCode.BadRequest)
                response.Content.Headers.ContentType?.MediaType.ShouldBe("application/problem+json");
        }
    }

    private sealed class NoBucket : IReadinessCheck
    {
        public string? Problem() => "There is no bucket.";
    }
}
