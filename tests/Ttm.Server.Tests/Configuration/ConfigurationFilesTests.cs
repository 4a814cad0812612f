using Ttm.Server.Configuration;

namespace Ttm.Server.Tests.Configuration;

public sealed class ConfigurationFilesTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("ttm-config-").FullName;

    [Fact]
    public void Files_OfADirectory_AreReadInOrder_BetweenDefaultsAndArguments()
    {
        Write("10-media.json", """{ "Media": { "Port": 1000, "MaxLessons": 7 }, "Turn": { "Realm": "ten" } } // a comment""");
        Write("20-secrets.json", """{ "Turn": { "Realm": "twenty", } }""");
        Write("not-json.txt", "no");

        var configuration = Ttm.Server.Hosting.ServerHost.CreateBuilder([$"--config={_directory}", "--Media:MaxLessons=8"]).Configuration;

        configuration["Media:Port"].ShouldBe("1000");
        configuration["Media:MaxLessons"].ShouldBe("8");
        configuration["Turn:Realm"].ShouldBe("twenty");
        configuration["Logging:LogLevel:Microsoft"].ShouldBe("Warning");
    }

    [Fact]
    public void Files_Several_BeatOneAnother()
    {
        var one = Write("one.json", """{ "Turn": { "Realm": "one" } }""");
        var two = Write("two.json", """{ "Turn": { "Realm": "two" } }""");
        Ttm.Server.Hosting.ServerHost.CreateBuilder(["--config", $"{two}, {one}"]).Configuration["Turn:Realm"].ShouldBe("one");
    }

    [Theory]
    [InlineData(null, "there is no such")]
    [InlineData("{ \"Media\": ", "broken.json")]
    public void File_ThatIsMissingOrBroken_IsToldByItsName(string? content, string told)
    {
        var path = content is null ? Path.Combine(_directory, "missing.json") : Write("broken.json", content);
        var problem = Should.Throw<StartException>(() => Ttm.Server.Hosting.ServerHost.CreateBuilder([$"--config={path}"]));
        problem.Message.ShouldContain(told);
        problem.Message.ShouldContain(path);
        problem.Message.ShouldNotContain("\n");
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private string Write(string name, string content)
    {
        var path = Path.Combine(_directory, name);
        File.WriteAllText(path, content);
        return path;
    }
}
