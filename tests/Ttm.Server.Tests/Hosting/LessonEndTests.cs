using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Ttm.Recorder.Recordings;
using Ttm.Server.Tests.Kit;
using Ttm.Testing;

namespace Ttm.Server.Tests.Hosting;

/// <summary>A lesson's end and its messages come into the books, whatever happens in between.</summary>
public sealed class LessonEndTests : IDisposable
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly string _directory = Directory.CreateTempSubdirectory("ttm-ends-").FullName;

    private string[] Place => [$"--Recording:Spool={_directory}/spool", $"--Storage:FileSystem:Root={_directory}/recordings", "--Recording:MinFreeBytes=0"];

    [Fact]
    public async Task End_ThatTheDiskKeptOutOfTheBooks_ComesAtTheNextStart()
    {
        var obstacle = $"{_directory}/spool/books/a.json.new";
        await using (var server = await TestServer.StartWholeAsync(Place))
        {
            await TeachAsync(server);
            await Until.TrueAsync(() => File.Exists($"{_directory}/spool/books/a.json") && !File.Exists($"{_directory}/spool/books/a.dirty"));
            Directory.CreateDirectory(obstacle);
            await server.SendAsync("DELETE", "/api/v1/lessons/a", server.Service).ShouldBeAsync(204);
            using var enough = new CancellationTokenSource(Second);
            await server.Get<RecorderService>().StopAsync(enough.Token);
        }

        Manifest()!.Value.GetProperty("sittings").GetArrayLength().ShouldBe(0);
        Directory.Delete(obstacle);
        await using var next = await TestServer.StartWholeAsync(Place);
        await WholeAsync();
    }

    [Fact]
    public async Task Start_OfAServerWhoseBooksKnowTheEnd_WritesNoBookAnew()
    {
        await using (var server = await TestServer.StartWholeAsync(Place))
        {
            await TeachAsync(server);
            await server.SendAsync("DELETE", "/api/v1/lessons/a", server.Service).ShouldBeAsync(204);
            await WholeAsync();
        }

        var written = File.GetLastWriteTimeUtc($"{_directory}/spool/books/a.json");
        await using (await TestServer.StartWholeAsync(Place))
            Manifest()!.Value.GetProperty("sittings").GetArrayLength().ShouldBe(1);
        File.GetLastWriteTimeUtc($"{_directory}/spool/books/a.json").ShouldBe(written);
    }

    [Theory]
    [InlineData(30, 0)]
    [InlineData(-30, 0)]
    [InlineData(0, 30)]
    [InlineData(0, -30)]
    public async Task End_OfALessonThoughTheMachinesClockWasSet_ComesIntoTheBooks(int before, int within)
    {
        var time = new SetTime();
        await using var server = await TestServer.StartWholeAsync(builder => builder.Services.AddSingleton<TimeProvider>(time), Place);
        time.Step = TimeSpan.FromSeconds(before);
        var begun = time.GetUtcNow();
        await TeachAsync(server, () => time.Step += TimeSpan.FromSeconds(within));
        await server.SendAsync("DELETE", "/api/v1/lessons/a", server.Service).ShouldBeAsync(204);
        await WholeAsync();

        // Dated by the clock as it was when the lesson began.
        var recording = Manifest()!.Value.GetProperty("recordings").EnumerateArray().Single().GetProperty("recording");
        (recording.GetProperty("startedAt").GetDateTimeOffset() - begun).ShouldBeInRange(TimeSpan.Zero, TimeSpan.FromSeconds(10));
        var lesson = await (await server.SendAsync("GET", "/api/v1/lessons/a", server.Service)).JsonAsync();
        lesson.GetProperty("endedAt").GetDateTimeOffset().ShouldBeGreaterThanOrEqualTo(recording.GetProperty("endedAt").GetDateTimeOffset());
    }

    [Fact]
    public async Task End_ThoughTheClockWasSetBackBetweenTwoServers_ComesAfterWhatWasRecorded()
    {
        var time = new SetTime { Step = TimeSpan.FromHours(2) };
        await using (var server = await TestServer.StartWholeAsync(builder => builder.Services.AddSingleton<TimeProvider>(time), Place))
        {
            await server.SendAsync("POST", "/api/v1/lessons", server.Service, """{"id":"a","teacher":"t-1"}""").ShouldBeAsync(201);
            await Task.Delay(50);
            await TeachAsync(server, isNew: false);
        }

        time.Step = TimeSpan.Zero;
        await using var next = await TestServer.StartWholeAsync(builder => builder.Services.AddSingleton<TimeProvider>(time), Place);
        await next.SendAsync("DELETE", "/api/v1/lessons/a", next.Service).ShouldBeAsync(204);
        await WholeAsync();
    }

    [Fact]
    public async Task Create_OfALessonWhoseIdHasEndedInTheFuture_BeginsAfterThat()
    {
        var time = new SetTime();
        await using var server = await TestServer.StartWholeAsync(builder => builder.Services.AddSingleton<TimeProvider>(time), Place);
        await TeachAsync(server);
        await server.SendAsync("DELETE", "/api/v1/lessons/a", server.Service).ShouldBeAsync(204);
        var ended = await (await server.SendAsync("GET", "/api/v1/lessons/a", server.Service)).JsonAsync();
        time.Step = TimeSpan.FromSeconds(-20);
        var again = await (await server.SendAsync("POST", "/api/v1/lessons", server.Service, """{"id":"a"}""").ShouldBeAsync(201)).JsonAsync();
        again.GetProperty("startedAt").GetDateTimeOffset().ShouldBeGreaterThanOrEqualTo(ended.GetProperty("endedAt").GetDateTimeOffset());
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private static async Task TeachAsync(TestServer server, Action? midway = null, bool isNew = true)
    {
        if (isNew)
            await server.SendAsync("POST", "/api/v1/lessons", server.Service, """{"id":"a","teacher":"t-1"}""").ShouldBeAsync(201);
        using var teacher = await Speaker.TeachAsync(server, "a");
        await server.SendAsync("PUT", "/api/v1/lessons/a/listener", server.Service, """{"student":"s-1"}""").ShouldBeAsync(200);
        teacher.Speak(Second);
        midway?.Invoke();
        await server.SendAsync("POST", "/api/v1/lessons/a/messages", server.Student("a"), """{"text":"page 7?"}""").ShouldBeAsync(201);
        await server.SendAsync("DELETE", "/api/v1/lessons/a/listener", server.Service).ShouldBeAsync(204);
    }

    /// <summary>Ends when the manifest in the store has the lesson's end, its message and its whole MP3.</summary>
    private Task WholeAsync() => Until.TrueAsync(() =>
        Manifest()?.GetProperty("sittings").EnumerateArray().SingleOrDefault() is { ValueKind: JsonValueKind.Object } sitting
        && sitting.GetProperty("messages").EnumerateArray().Single().GetProperty("text").GetString() == "page 7?"
        && sitting.GetProperty("whole").ValueKind == JsonValueKind.Object);

    private JsonElement? Manifest()
    {
        var root = $"{_directory}/recordings";
        return Directory.Exists(root) && Directory.EnumerateFiles(root, "manifest.json", SearchOption.AllDirectories).SingleOrDefault() is { } path
            ? JsonDocument.Parse(File.ReadAllText(path)).RootElement
            : null;
    }

    /// <summary>A machine's clock that somebody sets.</summary>
    private sealed class SetTime : TimeProvider
    {
        public TimeSpan Step { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Step;
    }
}
