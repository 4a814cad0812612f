using Ttm.Recorder.Tests.Simulation;
using Ttm.Server.Tests.Events;
using Ttm.Server.Tests.Kit;
using Ttm.Testing.Facts;
using Ttm.Testing.Sound;
using Ttm.Testing.Storage;

namespace Ttm.Server.Tests.Recordings;

/// <summary>A disk that fills up under the whole server.</summary>
[Collection(MeteredServers.Name)]
public sealed class DiskTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);

    private readonly string _directory = Directory.CreateTempSubdirectory("ttm-disk-").FullName;

    [TmpfsFact]
    public async Task Disk_FullInTheMidstOfALesson_RefusesNewOnesTellsTheLossAndGoesOn()
    {
        using var disk = Tmpfs.Mount(Path.Combine(_directory, "disk"), 8);
        await using var server = await TestServer.StartWholeAsync(
            $"--Recording:Spool={disk.Path}/spool", $"--Storage:FileSystem:Root={_directory}/recordings", "--Recording:MinFreeBytes=3000000");
        await TeachAsync(server, disk);
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private static async Task TeachAsync(TestServer server, Tmpfs disk)
    {
        // 26 kB/s: the recording's ring holds five seconds.
        using var lesson = new OnAir(server, "a", bitrate: 200_000);
        await server.SendAsync("GET", "/readyz", null).ShouldBeAsync(200);
        await lesson.TeacherAsync();
        await lesson.StudentAsync("s-1");
        await lesson.StudentAsync("s-2");
        List<DateTimeOffset> switches = [await SwitchAsync(lesson, "s-1")];
        var events = server.SendAsync("GET", "/api/v1/lessons/a/events?lastEventId=1-1", server.Teacher("a"));
        using var reader = new SseReader(await events);
        var types = CollectAsync(reader, out var seen);
        await lesson.TalkAsync(TimeSpan.FromSeconds(3));

        // Below the watermark: no new lessons, this one goes on.
        disk.Fill("filler", 6_000_000);
        var ready = 200;
        await lesson.TalkUntilAsync(Every(20, async () => ready = (int)(await server.SendAsync("GET", "/readyz", null)).StatusCode, () => ready == 503), Patience);
        await ShouldBeRefusedAsync(await server.SendAsync("GET", "/readyz", null));
        await ShouldBeRefusedAsync(await server.SendAsync("POST", "/api/v1/lessons", server.Service, """{"id":"new"}"""));
        await ShouldBeRefusedAsync(await server.SendAsync("POST", "/whip/new", server.Teacher("new"), TestServer.Offer, "application/sdp"));
        switches.Add(await SwitchAsync(lesson, "s-2"));
        await lesson.TalkAsync(TimeSpan.FromSeconds(1));
        lesson.DelaysOf("s-2").Count.ShouldBeGreaterThan(40);

        // Full to the last byte: what cannot be kept is told, the student hears, and may be another one.
        disk.Fill("filler");
        switches.Add(await SwitchAsync(lesson, "s-1"));
        var (sent, heard) = (lesson.Sent, lesson.DelaysOf("s-1").Count);
        await lesson.TalkUntilAsync(() => seen.Contains("recording.failed"), Patience);
        await lesson.TalkAsync(TimeSpan.FromSeconds(2));
        (lesson.DelaysOf("s-1").Count - heard).ShouldBeGreaterThan(lesson.Sent - sent - 25);
        server.Logs.Lines.ShouldContain(line => line.StartsWith("Error", StringComparison.Ordinal) && line.Contains("packets are lost because the disk did not take them", StringComparison.Ordinal));
        (await (await server.SendAsync("GET", "/metrics", null)).Content.ReadAsStringAsync()).ShouldMatch("""ttm_journal_dropped_packets_total(\{[^}]*\})? [1-9]""");

        disk.Delete("filler");
        await lesson.TalkUntilAsync(Every(20, async () => ready = (int)(await server.SendAsync("GET", "/readyz", null)).StatusCode, () => ready == 200), Patience);
        await lesson.TalkAsync(TimeSpan.FromSeconds(2));

        // The teacher talks to the end, however long a busy machine takes to come to it.
        var ending = server.SendAsync("DELETE", "/api/v1/lessons/a", server.Teacher("a"));
        await lesson.TalkUntilAsync(() => ending.IsCompleted, Patience);
        await ending.ShouldBeAsync(204);
        await types;
        await ShouldHoldTheRestAsync(server, switches);
    }

    private static async Task<DateTimeOffset> SwitchAsync(OnAir lesson, string student) =>
        (await (await lesson.SelectAsync(student).ShouldBeAsync(200)).JsonAsync()).GetProperty("switchedAt").GetDateTimeOffset();

    /// <summary>Three recordings, each as long as its stretch; the last has a hole of silence, and its end was heard.</summary>
    private static async Task ShouldHoldTheRestAsync(TestServer server, List<DateTimeOffset> switches)
    {
        var recordings = (await (await server.SendAsync("GET", "/api/v1/lessons/a/recordings", server.Service).ShouldBeAsync(200)).JsonAsync()).EnumerateArray().ToList();
        recordings.Select(one => one.GetProperty("status").GetString()).ShouldBe(["stored", "stored", "stored"]);
        foreach (var (one, begin, end) in recordings.Zip(switches, switches.Skip(1)))
            one.GetProperty("duration").GetDouble().ShouldBe((end - begin).TotalSeconds, 0.05);
        var sound = new PcmSound(Ffmpeg.Decode(new Uri(recordings[2].GetProperty("location").GetString()!).LocalPath, 24_000), 24_000);
        var quarters = QuarterSecondDecoder.Decode(sound);
        quarters.Zip(quarters.Skip(1)).Max(pair => pair.Second.Start - pair.First.End).ShouldBeGreaterThan(TimeSpan.FromSeconds(1));
        (TimeSpan.FromSeconds(recordings[2].GetProperty("duration").GetDouble()) - quarters[^1].End).ShouldBeLessThan(TimeSpan.FromSeconds(0.3));
    }

    private static async Task ShouldBeRefusedAsync(HttpResponseMessage answer)
    {
        ((int)answer.StatusCode).ShouldBe(503);
        answer.Headers.RetryAfter.ShouldNotBeNull();
        (await answer.Content.ReadAsStringAsync()).ShouldContain("Recording:MinFreeBytes");
    }

    /// <summary>Asks now and then, while the lesson goes on.</summary>
    private static Func<bool> Every(int turns, Func<Task> ask, Func<bool> enough)
    {
        var turn = 0;
        var asking = Task.CompletedTask;
        return () =>
        {
            if (asking.IsCompleted && turn++ % turns == 0)
                asking = ask();
            return asking.IsCompleted && enough();
        };
    }

    private static Task CollectAsync(SseReader reader, out System.Collections.Concurrent.ConcurrentQueue<string> seen)
    {
        var types = seen = new();
        return Task.Run(async () =>
        {
            while (await reader.NextAsync(patience: TimeSpan.FromMinutes(2)) is { } one)
                types.Enqueue(one.Type);
        });
    }
}
