using Ttm.Server.Tests.Kit;
using Ttm.Testing;

namespace Ttm.Server.Tests.Hosting;

/// <summary>What the disk refuses of lessons and messages for a while.</summary>
public sealed class LessonDiskTests : IDisposable
{
    private readonly string _spool = Path.Combine(Directory.CreateTempSubdirectory("ttm-lesson-disk-").FullName, "spool");

    [Fact]
    public async Task Disk_ThatRefusesOnce_HasListenerEndAndMessageAfterwards()
    {
        string[] drafts = [$"{_spool}/lessons/a.json.new", $"{_spool}/lessons/b.json.new"];
        await using (var server = await TestServer.StartWholeAsync($"--Recording:Spool={_spool}"))
        {
            foreach (var lesson in (string[])["a", "b"])
                await server.SendAsync("POST", "/api/v1/lessons", server.Service, $$"""{"id":"{{lesson}}","teacher":"t-1"}""").ShouldBeAsync(201);
            await server.SendAsync("PUT", "/api/v1/lessons/a/listener", server.Service, """{"student":"anna"}""").ShouldBeAsync(200);
            foreach (var draft in drafts)
                Directory.CreateDirectory(draft);
            await File.WriteAllTextAsync($"{_spool}/messages", "");
            await server.SendAsync("PUT", "/api/v1/lessons/a/listener", server.Service, """{"student":"ben"}""").ShouldBeAsync(200);
            await server.SendAsync("DELETE", "/api/v1/lessons/b", server.Service).ShouldBeAsync(204);
            await server.SendAsync("POST", "/api/v1/lessons/a/messages", server.Student("a"), """{"text":"page 7?"}""").ShouldBeAsync(201);
            server.Logs.Lines.ShouldContain(line => line.StartsWith("Error", StringComparison.Ordinal) && line.Contains("is tried again", StringComparison.Ordinal));

            foreach (var draft in drafts)
                Directory.Delete(draft);
            File.Delete($"{_spool}/messages");

            // Before the server stops: the next moment may bring a crash.
            await Until.TrueAsync(() => File.Exists($"{_spool}/messages/a.jsonl") && Has("a", "\"listener\":\"ben\"") && !Has("b", "\"endedAt\":null"));
        }

        await using var next = await TestServer.StartWholeAsync($"--Recording:Spool={_spool}");
        var a = await (await next.SendAsync("GET", "/api/v1/lessons/a", next.Service)).JsonAsync();
        a.GetProperty("listener").GetString().ShouldBe("ben");
        var b = await (await next.SendAsync("GET", "/api/v1/lessons/b", next.Service)).JsonAsync();
        b.GetProperty("state").GetString().ShouldBe("ended");
        var messages = await (await next.SendAsync("GET", "/api/v1/lessons/a/messages", next.Service)).JsonAsync();
        messages.EnumerateArray().Single().GetProperty("text").GetString().ShouldBe("page 7?");
    }

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_spool)!, recursive: true);

    private bool Has(string lesson, string text) => File.ReadAllText($"{_spool}/lessons/{lesson}.json").Contains(text, StringComparison.Ordinal);
}
