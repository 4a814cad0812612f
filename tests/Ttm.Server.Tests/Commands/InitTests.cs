using Ttm.Server.Commands;
using Ttm.Server.Configuration;
using Ttm.Server.Hosting;

namespace Ttm.Server.Tests.Commands;

public sealed class InitTests : IDisposable
{
    private readonly string _directory = Path.Combine(Directory.CreateTempSubdirectory("ttm-init-").FullName, "etc");

    [Fact]
    public async Task Init_WithOptions_WritesAConfigurationThatTheServerTakes()
    {
        var (code, output, errors) = await RunAsync("--domain", "lessons.thinkthroughmath.com", "--email", "ops@thinkthroughmath.com", "--bucket", "my-lessons", "--region", "eu-central-1", "--public-address", "203.0.113.7");

        (code, errors).ShouldBe((0, ""));
        output.ShouldContain("ops@thinkthroughmath.com");
        var settings = Read();
        settings.Http.Domain.ShouldBe("lessons.thinkthroughmath.com");
        settings.Turn.Realm.ShouldBe("lessons.thinkthroughmath.com");
        settings.Turn.Secret.Length.ShouldBeGreaterThan(32);
        settings.Storage.S3.ToString().ShouldBe("S3 bucket my-lessons");
        settings.Storage.S3.Region.ShouldBe("eu-central-1");
        settings.Media.PublicAddresses.ShouldHaveSingleItem().ToString().ShouldBe("203.0.113.7");
        settings.Webhooks.Key.Length.ShouldBe(32);
        var (key, secret) = settings.Auth.Keys.ShouldHaveSingleItem();
        output.ShouldNotContain(secret);
        File.ReadAllText(Path.Combine(_directory, "ttm-media.json")).ShouldNotContain(key);
        if (!OperatingSystem.IsWindows())
            File.GetUnixFileMode(Path.Combine(_directory, "secrets.json")).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public async Task Init_OverAConfiguration_ChangesNothing_UnlessForced()
    {
        (await RunAsync("--domain", "a.example.org")).Code.ShouldBe(0);
        var former = Read().Auth.Keys.Single();

        var (code, output, errors) = await RunAsync("--domain", "b.example.org");
        code.ShouldBe(CommandLine.ToMend);
        output.ShouldBeEmpty();
        errors.ShouldContain("--force");
        Read().Auth.Keys.Single().ShouldBe(former);

        (await RunAsync("--domain", "b.example.org", "--force")).Code.ShouldBe(0);
        Read().Http.Domain.ShouldBe("b.example.org");
        Read().Auth.Keys.Single().ShouldNotBe(former);
        File.ReadAllText(Path.Combine(_directory, "secrets.json.former")).ShouldContain(former.Value);
    }

    [Theory]
    [InlineData]
    [InlineData("--domain", "under_score.example")]
    [InlineData("--domain", "a.example.org", "--email", "nobody")]
    [InlineData("--domain", "a.example.org", "--bucket", "my-lessons")]
    [InlineData("--domain", "a.example.org", "--bucket", "My Lessons", "--region", "eu-central-1")]
    [InlineData("--domain", "a.example.org", "--bucket", "my-lessons", "--region", "Frankfurt")]
    public async Task Init_WithAMistake_SaysItAndWritesNothing(params string[] args)
    {
        var (code, _, errors) = await RunAsync(args);
        code.ShouldBe(CommandLine.BadArguments);
        errors.Trim().Split('\n').ShouldHaveSingleItem().Length.ShouldBeGreaterThan(20);
        Directory.Exists(_directory).ShouldBeFalse();
    }

    [Fact]
    public async Task Init_WhereNothingCanBeWritten_SaysSo()
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        (await CommandLine.RunAsync(["init", "--domain", "a.example.org", "--directory", "/proc/nowhere", "--yes"], output, errors)).ShouldBe(CommandLine.ToMend);
        errors.ToString().ShouldContain("--directory");
    }

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_directory)!, recursive: true);

    private ServerSettings Read() => ServerSettings.Read(ServerHost.CreateBuilder([$"--config={_directory}"]).Configuration, isDevelopment: false);

    private async Task<(int Code, string Output, string Errors)> RunAsync(params string[] args)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        var code = await CommandLine.RunAsync(["init", "--directory", _directory, "--yes", .. args], output, errors);
        return (code, output.ToString(), errors.ToString());
    }
}
