using System.Security.Cryptography;
using System.Text.Json;
using Ttm.Recorder.Storage;
using Ttm.Server.Commands;
using Ttm.Server.Tests.Kit;
using Ttm.Server.Tests.Webhooks;
using Ttm.Server.Webhooks;
using Ttm.Testing;
using Ttm.Testing.Storage;

namespace Ttm.Server.Tests.Hosting;

/// <summary>A lesson's books from the API to the store and to <c>ttm-server verify</c>, with nothing in between replaced.</summary>
public sealed class StoredLessonTests
{
    private const string Lesson = "algebra-7";

    private const string HookSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static TheoryData<string> Stores => S3Server.IsSupported ? ["FileSystem", "S3"] : ["FileSystem"];

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Lesson_InEachStore_HasItsBooksAndCanBeDeletedFrom(string provider)
    {
        await using var place = await StorePlace.OpenAsync(provider);
        var objects = place.Open();
        string deleted;
        await using (var server = await TestServer.StartWholeAsync(place.Settings))
        {
            await RecordAsync(server);
            var recordings = await ListAsync(server);
            recordings.Select(one => one.GetProperty("student").GetString()).ShouldBe(["s-1", "s-2", "s-1"]);
            await Until.TrueAsync(async () => (await ManifestAsync(objects))?.ToString().Contains("/lesson.mp3") == true, Patience);
            (await VerifyAsync(place)).ShouldBe((0, "1 manifest, 3 recordings, all is well."));
            CheckManifest((await ManifestAsync(objects))!.Value);
            foreach (var recording in recordings)
            {
                (await HashAsync(objects, recording)).ShouldBe(recording.GetProperty("sha256").GetString());
                await place.CheckAsync(await KeyAsync(objects, recording));
            }

            deleted = recordings[1].GetProperty("id").GetString()!;
            await server.SendAsync("DELETE", $"/api/v1/recordings/{deleted}", server.Teacher(Lesson)).ShouldBeProblemAsync(403);
            await server.SendAsync("DELETE", $"/api/v1/recordings/{deleted}", server.Service, """{"reason":"the parents asked"}""").ShouldBeAsync(204);
            await server.SendAsync("DELETE", $"/api/v1/recordings/{deleted}", server.Service).ShouldBeAsync(204);
            await server.SendAsync("GET", $"/api/v1/recordings/{deleted}", server.Service).ShouldBeProblemAsync(404);
            await server.SendAsync("GET", $"/api/v1/recordings/{deleted}/audio", server.Service).ShouldBeProblemAsync(404);
            await server.SendAsync("DELETE", "/api/v1/recordings/rec_none", server.Service).ShouldBeProblemAsync(404);
        }

        var tombstone = (await ManifestAsync(objects))!.Value.GetProperty("deleted")[0];
        (tombstone.GetProperty("id").GetString(), tombstone.GetProperty("reason").GetString(), tombstone.GetProperty("deletedBy").GetString()).ShouldBe((deleted, "the parents asked", "app"));
        (await VerifyAsync(place)).ShouldBe((0, "1 manifest, 2 recordings, all is well."));

        // Another machine, with an empty spool, finds everything in the store.
        await using (var server = await TestServer.StartWholeAsync(place.Settings))
        {
            var recordings = await ListAsync(server);
            recordings.Select(one => one.GetProperty("sequence").GetInt32()).ShouldBe([1, 3]);
            await server.SendAsync("GET", $"/api/v1/recordings/{deleted}", server.Service).ShouldBeProblemAsync(404);
            await server.SendAsync("DELETE", $"/api/v1/recordings/{deleted}", server.Service).ShouldBeAsync(204);
            await TamperAsync(objects, recordings[1]);
        }

        var (code, said) = await VerifyAsync(place);
        code.ShouldBe(1);
        said.ShouldContain("another SHA-256 than the manifest says");
        (objects as IDisposable)?.Dispose();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Lesson_NotRecorded_TouchesNoDisk(bool enabled)
    {
        var directory = Directory.CreateTempSubdirectory("ttm-untouched-");
        await using var receiver = new HookReceiver(WebhookOptions.KeyOf(HookSecret));
        await receiver.StartAsync();
        List<string> touched = [];
        using (var watcher = new FileSystemWatcher(directory.FullName) { IncludeSubdirectories = true })
        {
            await using var server = await TestServer.StartWholeAsync(
                $"--Recording:Enabled={enabled}", $"--Recording:Spool={directory}/spool", $"--Storage:FileSystem:Root={directory}/recordings",
                $"--Webhooks:Urls={receiver.Url}", $"--Webhooks:Secret={HookSecret}");
            watcher.Created += Note;
            watcher.Changed += Note;
            watcher.Deleted += Note;
            watcher.EnableRaisingEvents = true;
            var before = Tree(directory);

            await server.SendAsync("POST", "/api/v1/lessons", server.Service, enabled ? """{"id":"a","record":false}""" : """{"id":"a"}""").ShouldBeAsync(201);
            using var student = await Speaker.ListenAsync(server, "a");
            using var teacher = await Speaker.TeachAsync(server, "a");
            await server.SendAsync("PUT", "/api/v1/lessons/a/listener", server.Service, """{"student":"s-1"}""").ShouldBeAsync(200);
            teacher.Speak(Second, student);
            student.Heard.ShouldBeGreaterThan(10);
            await server.SendAsync("POST", "/api/v1/lessons/a/messages", server.Student("a"), """{"text":"Hush"}""").ShouldBeAsync(201);
            teacher.Speak(Second, student);
            (await (await server.SendAsync("GET", "/api/v1/lessons/a/recordings", server.Service).ShouldBeAsync(200)).Content.ReadAsStringAsync()).ShouldBe("[]");
            await server.SendAsync("DELETE", "/api/v1/lessons/a", server.Service).ShouldBeAsync(204);

            (await receiver.WaitAsync(6)).Select(one => one.GetProperty("type").GetString()).ShouldContain("message.posted");
            receiver.BadSignatures.ShouldBe(0);
            Tree(directory).ShouldBe(before);
            Directory.Exists($"{directory}/spool").ShouldBe(enabled);
        }

        touched.ShouldBeEmpty();
        if (!enabled)
            directory.EnumerateFileSystemInfos().ShouldBeEmpty();
        directory.Delete(recursive: true);

        void Note(object sender, FileSystemEventArgs change)
        {
            if (!IsProbe(change.FullPath))
                touched.Add($"{change.ChangeType} {change.FullPath}");
        }
    }

    // A second for s-1, a second for s-2, a pause, a second for s-1 again.
    private static async Task RecordAsync(TestServer server)
    {
        await server.SendAsync("POST", "/api/v1/lessons", server.Service, $$"""{"id":"{{Lesson}}","teacher":"t-1"}""").ShouldBeAsync(201);
        using var teacher = await Speaker.TeachAsync(server, Lesson);
        await SelectAsync("s-1");
        teacher.Speak(Second);
        await server.SendAsync("POST", $"/api/v1/lessons/{Lesson}/messages", server.Student(Lesson), """{"text":"page 7?"}""").ShouldBeAsync(201);
        await SelectAsync("s-2");
        teacher.Speak(Second);
        await server.SendAsync("DELETE", $"/api/v1/lessons/{Lesson}/listener", server.Service).ShouldBeAsync(204);
        teacher.Speak(Second / 2);
        var last = await SelectAsync("s-1");
        teacher.Speak(Second);
        CheckModes(server.Spool);
        await server.SendAsync("DELETE", $"/api/v1/recordings/{last}", server.Service).ShouldBeProblemAsync(409);
        await server.SendAsync("DELETE", $"/api/v1/lessons/{Lesson}", server.Service).ShouldBeAsync(204);
        await Until.TrueAsync(async () => (await ListAsync(server)).All(one => one.GetProperty("status").GetString() == "stored"), Patience);

        async Task<string> SelectAsync(string student)
        {
            var answer = await server.SendAsync("PUT", $"/api/v1/lessons/{Lesson}/listener", server.Service, $$"""{"student":"{{student}}"}""").ShouldBeAsync(200);
            return (await answer.JsonAsync()).GetProperty("recording").GetString()!;
        }
    }

    private static void CheckManifest(JsonElement manifest)
    {
        var entries = manifest.GetProperty("recordings").EnumerateArray().ToList();
        var samples = entries.Select(entry => entry.GetProperty("samples").GetInt64()).ToList();
        var offsets = entries.Select(entry => entry.GetProperty("offset").GetInt64()).ToList();
        offsets[0].ShouldBe(0);
        offsets[1].ShouldBe(samples[0]);
        offsets[2].ShouldBeGreaterThan(offsets[1] + samples[1] + 8000);
        foreach (var recording in entries.Select(entry => entry.GetProperty("recording")))
        {
            recording.GetProperty("duration").GetDouble().ShouldBeGreaterThan(0.8);
            recording.GetProperty("bytes").GetInt64().ShouldBeGreaterThan(7000);
            recording.GetProperty("sha256").GetString()!.Length.ShouldBe(64);
            recording.GetProperty("endedAt").GetDateTimeOffset().ShouldBeGreaterThan(recording.GetProperty("startedAt").GetDateTimeOffset());
            var quality = recording.GetProperty("quality");
            quality.GetProperty("packetsExpected").GetInt32().ShouldBeGreaterThan(10);
            foreach (var name in new[] { "packetsLost", "packetsRecovered", "concealed" })
                quality.GetProperty(name).GetInt32().ShouldBeGreaterThanOrEqualTo(0);
        }

        var sitting = manifest.GetProperty("sittings")[0];
        var message = sitting.GetProperty("messages")[0];
        message.GetProperty("text").GetString().ShouldBe("page 7?");
        message.GetProperty("offset").GetInt64().ShouldBeInRange(samples[0] - 12_000, samples[0] + 12_000);
        sitting.GetProperty("whole").GetProperty("samples").GetInt64().ShouldBe(offsets[2] + samples[2]);
    }

    private static void CheckModes(string spool)
    {
        if (OperatingSystem.IsWindows())
            return;
        var paths = Directory.EnumerateFileSystemEntries(spool, "*", SearchOption.AllDirectories).ToList();
        paths.ShouldContain(path => path.EndsWith(".rtpdump", StringComparison.Ordinal));
        paths.ShouldContain(path => path.EndsWith(".mp3.part", StringComparison.Ordinal));
        foreach (var path in paths.Append(spool).Where(Path.Exists))
        {
            var mode = Directory.Exists(path) ? UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute : UnixFileMode.UserRead | UnixFileMode.UserWrite;
            File.GetUnixFileMode(path).ShouldBe(mode, path);
        }
    }

    private static async Task<List<JsonElement>> ListAsync(TestServer server) =>
        [.. (await (await server.SendAsync("GET", $"/api/v1/lessons/{Lesson}/recordings", server.Service).ShouldBeAsync(200)).JsonAsync()).EnumerateArray()];

    private static async Task<JsonElement?> ManifestAsync(IObjectStore objects)
    {
        await foreach (var key in objects.ListAsync("lessons/", default))
        {
            if (key.EndsWith("manifest.json", StringComparison.Ordinal) && await objects.ReadAsync(key, default) is { } json)
                return JsonDocument.Parse(json).RootElement.Clone();
        }

        return null;
    }

    private static async Task<string> KeyAsync(IObjectStore objects, JsonElement recording) =>
        (await ManifestAsync(objects))!.Value.GetProperty("recordings").EnumerateArray()
            .Single(entry => entry.GetProperty("recording").GetProperty("id").GetString() == recording.GetProperty("id").GetString())
            .GetProperty("key").GetString()!;

    private static async Task<string> HashAsync(IObjectStore objects, JsonElement recording) =>
        Convert.ToHexStringLower(SHA256.HashData((await objects.ReadAsync(await KeyAsync(objects, recording), default))!));

    private static async Task TamperAsync(IObjectStore objects, JsonElement recording)
    {
        var key = await KeyAsync(objects, recording);
        var content = (await objects.ReadAsync(key, default))!;
        content[^300] ^= 1;
        await objects.PutAsync(key, content, new ObjectProperties("audio/mpeg", Convert.ToHexStringLower(SHA256.HashData(content)), new Dictionary<string, string>(), null), default);
    }

    private static async Task<(int Code, string Said)> VerifyAsync(StorePlace place)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        var code = await CommandLine.RunAsync(["verify", "lessons/", .. place.Settings], output, errors);
        errors.ToString().ShouldBeEmpty();
        return (code, output.ToString().Trim());
    }

    private static List<string> Tree(DirectoryInfo directory) =>
    [
        .. directory.EnumerateFileSystemInfos("*", SearchOption.AllDirectories)
            .Where(entry => !IsProbe(entry.FullName))
            .Select(entry => entry is FileInfo file ? $"{file.FullName} {file.Length} {file.LastWriteTimeUtc:O}" : entry.FullName)
            .Order(StringComparer.Ordinal),
    ];

    // Whether spool and store can be written is tried every few seconds, whoever speaks.
    private static bool IsProbe(string path) => path.Contains(".incoming", StringComparison.Ordinal) || path.EndsWith("/probe", StringComparison.Ordinal);
}
