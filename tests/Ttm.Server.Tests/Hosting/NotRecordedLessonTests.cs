using Ttm.Server.Tests.Kit;

namespace Ttm.Server.Tests.Hosting;

/// <summary>A lesson that is not to be recorded leaves nothing that a restart could know it by: the token alone says it.</summary>
public sealed class NotRecordedLessonTests : IDisposable
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly string _directory = Directory.CreateTempSubdirectory("ttm-not-recorded-").FullName;

    [Fact]
    public async Task Whip_AfterARestart_ByATokenThatSaysSo_IsNotRecorded()
    {
        string[] place = [$"--Recording:Spool={_directory}/spool", $"--Storage:FileSystem:Root={_directory}/recordings"];
        for (var start = 0; start < 2; start++)
        {
            await using var server = await TestServer.StartWholeAsync(place);
            using var teacher = await Speaker.TeachAsync(server, "secret", server.Private("secret"));
            var change = await (await server.SendAsync("PUT", "/api/v1/lessons/secret/listener", server.Private("secret"), """{"student":"s-1"}""").ShouldBeAsync(200)).JsonAsync();
            change.GetProperty("recording").GetString().ShouldBeNull();
            teacher.Speak(Second);
            await server.SendAsync("POST", "/api/v1/lessons/secret/messages", server.Student("secret"), """{"text":"Hush"}""").ShouldBeAsync(201);
            var lesson = await (await server.SendAsync("GET", "/api/v1/lessons/secret", server.Service)).JsonAsync();
            lesson.GetProperty("record").GetBoolean().ShouldBeFalse();
        }

        Directory.EnumerateFiles(_directory, "*", SearchOption.AllDirectories).Select(path => Path.GetFileName(path)).Where(name => name is not ("lock" or "complete")).ShouldBeEmpty();
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);
}
