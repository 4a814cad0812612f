using Ttm.Server.Commands;
using Ttm.Server.Tests.Kit;

namespace Ttm.Server.Tests.Commands;

public sealed class CommandLineTests
{
    private const string Key = "school";

    [Theory]
    [InlineData("teacher")]
    [InlineData("student")]
    public async Task Token_ForAParticipant_IsGoodForItsLesson(string role)
    {
        await using var server = await TestServer.StartAsync();
        await server.SendAsync("POST", "/api/v1/lessons", server.Service, """{"id":"x"}""").ShouldBeAsync(201);
        var (code, output, errors) = await RunAsync("token", "--role", role, "--lesson", "x", "--sub", "y", "--ttl", "30m", "--key", TestServer.ApiKey, "--secret", TestServer.Secret);
        (code, errors).ShouldBe((0, ""));
        await server.SendAsync("GET", "/api/v1/lessons/x", output.Trim()).ShouldBeAsync(200);
        await server.SendAsync("GET", "/api/v1/lessons/z", output.Trim()).ShouldBeProblemAsync(403);
    }

    [Fact]
    public async Task Token_ForAService_NeedsNoLesson()
    {
        await using var server = await TestServer.StartAsync();
        var (_, output, _) = await RunAsync("token", "--role", "service", "--key", TestServer.ApiKey, "--secret", TestServer.Secret);
        await server.SendAsync("GET", "/api/v1/lessons", output.Trim()).ShouldBeAsync(200);
    }

    [Fact]
    public async Task Token_OfALessonThatIsNotRecorded_MakesItSo()
    {
        await using var server = await TestServer.StartAsync();
        var (_, output, _) = await RunAsync("token", "--role", "teacher", "--lesson", "x", "--sub", "y", "--record=false", "--key", TestServer.ApiKey, "--secret", TestServer.Secret);
        await server.SendAsync("POST", "/whip/x", output.Trim(), TestServer.Offer, "application/sdp").ShouldBeAsync(201);
        server.Lessons.Find("x")!.Snapshot.IsRecorded.ShouldBeFalse();
    }

    [Fact]
    public async Task NetworkLink_ForAServer_OpensItsTest()
    {
        await using var server = await TestServer.StartAsync();
        var (code, output, errors) = await RunAsync("network-link", "https://media.example.org/", "--ttl", "7d", "--key", TestServer.ApiKey, "--secret", TestServer.Secret);
        (code, errors).ShouldBe((0, ""));
        var link = new Uri(output.Trim());
        link.GetLeftPart(UriPartial.Path).ShouldBe("https://media.example.org/network");
        await server.SendAsync("GET", "/api/v1/network/events", link.Fragment["#token=".Length..]).ShouldBeAsync(200);
    }

    [Fact]
    public async Task Health_OfAServer_IsItsExitCode()
    {
        await using var server = await TestServer.StartAsync();
        var (code, output, _) = await RunAsync("health", "--url", $"{server.Client.BaseAddress}");
        (code, output.Trim()).ShouldBe((0, """{"status":"alive"}"""));
        (await RunAsync("health", "--ready", "--url", $"{server.Client.BaseAddress}")).Code.ShouldBe(0);
        var nobody = await RunAsync("health", "--url", "http://127.0.0.1:9");
        nobody.Code.ShouldBe(1);
        nobody.Errors.ShouldContain("http://127.0.0.1:9/ does not answer");
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("network-link")]
    [InlineData("network-link", "media.example.org")]
    [InlineData("token")]
    [InlineData("config", "nonsense")]
    [InlineData("config", "--colour=red")]
    [InlineData("--Media:Port")]
    [InlineData("verify")]
    [InlineData("verify", "--Storage:Provider=S3")]
    [InlineData("verify", "lessons/", "nonsense")]
    [InlineData("token", "--role", "king", "--lesson", "x", "--sub", "y")]
    [InlineData("token", "--role", "teacher", "--sub", "y")]
    [InlineData("token", "--role", "teacher", "--lesson", "x y", "--sub", "y")]
    [InlineData("token", "--role", "teacher", "--lesson", "x", "--sub", "y", "--ttl", "soon")]
    [InlineData("token", "--role", "teacher", "--lesson", "x", "--sub", "y", "--key", Key, "--secret", "short")]
    [InlineData("token", "--role", "teacher", "--lesson", "x", "--sub", "y", "--colour", "red")]
    public async Task Run_WithBadArguments_SaysSoInASentenceAndEndsWith2(params string[] args)
    {
        var (code, output, errors) = await RunAsync(args);
        code.ShouldBe(CommandLine.BadArguments);
        output.ShouldBeEmpty();
        errors.Trim().Split('\n').ShouldHaveSingleItem().Length.ShouldBeGreaterThan(20);
    }

    [Fact]
    public async Task Help_OfTheServerAndItsCommands_TellsWhatThereIs()
    {
        (await RunAsync("--help")).Output.ShouldContain("token");
        (await RunAsync("token", "--help")).Output.ShouldContain("--ttl");
        (await RunAsync("verify", "--help")).Output.ShouldContain("prefix");
    }

    [Fact]
    public async Task Verify_WhereNothingIs_SaysSoAndTouchesNothing()
    {
        var directory = Directory.CreateTempSubdirectory("ttm-verify-");
        var (code, output, errors) = await RunAsync("verify", "lessons/", $"--Storage:FileSystem:Root={directory}/none");
        (code, errors).ShouldBe((VerifyCommand.Wrong, ""));
        output.ShouldContain("There is no manifest.json below lessons/.");
        directory.EnumerateFileSystemInfos().ShouldBeEmpty();
        directory.Delete();
    }

    [Fact]
    public async Task Verify_OfAStoreThatIsAway_IsOneSentence()
    {
        var (code, output, errors) = await RunAsync(
            "verify", "lessons/", "--Storage:Provider=S3", "--Storage:S3:Bucket=b", "--Storage:S3:ServiceUrl=http://127.0.0.1:1", "--Storage:S3:AccessKey=a", "--Storage:S3:SecretKey=s", "--Storage:S3:MaxRetries=0");
        (code, output).ShouldBe((1, ""));
        errors.Trim().Split('\n').ShouldHaveSingleItem().ShouldContain("cannot be reached");
        (await RunAsync("verify", "lessons/", "--Storage:Provider=Azure")).Errors.ShouldContain("Storage:Provider");
    }

    [Fact]
    public async Task Config_WithAFileAndArguments_PrintsWhatIsInEffect_WithoutSecrets()
    {
        var directory = Directory.CreateTempSubdirectory("ttm-cli-").FullName;
        var file = Path.Combine(directory, "ttm-media.json");
        await File.WriteAllTextAsync(file, """{ "Auth": { "Keys": { "school": "hunter2-hunter2-hunter2-hunter2-hunter2" } }, "Media": { "Port": 1 }, "Turn": { "Users": { "anna": "hunter2" } }, "Http": { "CorsOrigins": ["https://a.example", "https://b.example"] } }""");

        var (code, output, errors) = await RunAsync("--config", directory, "config", "--Media:Port=2", "--Webhooks:Secret", "hunter2hunter2hunter2");

        (code, errors).ShouldBe((0, ""));
        var lines = output.Split('\n');
        lines.ShouldContain("Media:Port = 2  # argument");
        lines.ShouldContain("Recording:Bitrate = 64000  # default");
        lines.ShouldContain($"Http:CorsOrigins:1 = https://b.example  # {file}");
        lines.ShouldContain($"Auth:Keys:school = ********  # {file}");
        output.ShouldNotContain("hunter2");

        (code, _, errors) = await RunAsync("config", $"--config={file}", "--Media:Prot=2");
        (code, errors.Trim()).ShouldBe((1, "Media:Prot is set to \"2\", and there is no such setting: did you mean Media:Port?"));
        Directory.Delete(directory, recursive: true);
    }

    private static async Task<(int Code, string Output, string Errors)> RunAsync(params string[] args)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        var code = await CommandLine.RunAsync(args, output, errors);
        return (code, output.ToString(), errors.ToString());
    }
}
