using System.Text.Json;
using Ttm.Server.Auth;
using Ttm.Testing;

namespace Ttm.Server.Tests.Crash;

/// <summary>kill -9 right behind the answer that lessons are over: what was said and typed in them is in the books all the same.</summary>
public sealed class LessonEndKillTests : IDisposable
{
    private const int Rounds = 3;
    private const int Lessons = 6;

    private readonly string _directory = Directory.CreateTempSubdirectory("ttm-end-kill-").FullName;

    [Fact]
    public async Task Kill_AtTheEndOfLessons_LeavesNoneWithoutItsEndAndMessages()
    {
        using var server = new ServerUnderTest(_directory);
        var service = new TokenMinter(ServerUnderTest.ApiKey, ServerUnderTest.Secret, TimeProvider.System).Service("app", TimeSpan.FromHours(1));
        List<string> ended = [];
        for (var round = 0; round < Rounds; round++)
        {
            await server.StartAsync();
            var lessons = Enumerable.Range(1, Lessons).Select(one => $"l-{round}-{one}").ToList();
            foreach (var lesson in lessons)
            {
                (await server.SendAsync("POST", "/api/v1/lessons", service, $$"""{"id":"{{lesson}}","teacher":"t"}""")).EnsureSuccessStatusCode();
                (await server.SendAsync("PUT", $"/api/v1/lessons/{lesson}/listener", service, """{"student":"anna"}""")).EnsureSuccessStatusCode();
                (await server.SendAsync("POST", $"/api/v1/lessons/{lesson}/messages", service, """{"text":"page 7"}""")).EnsureSuccessStatusCode();
            }

            // The journals are on disk by then.
            await Task.Delay(700);
            foreach (var answer in await Task.WhenAll(lessons.Select(lesson => server.SendAsync("DELETE", $"/api/v1/lessons/{lesson}", service))))
                answer.EnsureSuccessStatusCode();
            await server.KillAsync();
            ended.AddRange(lessons);
        }

        await server.StartAsync();
        await Until.TrueAsync(() => ended.TrueForAll(IsComplete), message: () => $"not complete: {string.Join(' ', ended.Where(lesson => !IsComplete(lesson)))}", pause: TimeSpan.FromMilliseconds(50));
        (await server.StopAsync()).ShouldBe(0);
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private bool IsComplete(string lesson)
    {
        var path = $"{_directory}/spool/books/{lesson}.json";
        if (!File.Exists(path))
            return false;
        var sittings = JsonDocument.Parse(File.ReadAllText(path)).RootElement.GetProperty("sittings").EnumerateArray().ToList();
        return sittings.Count == 1
            && sittings[0].GetProperty("messages").EnumerateArray().Single().GetProperty("text").GetString() == "page 7"
            && sittings[0].GetProperty("whole").ValueKind == JsonValueKind.Object;
    }
}
