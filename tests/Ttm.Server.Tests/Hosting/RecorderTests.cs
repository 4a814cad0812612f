using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Ttm.Recorder.Recordings;
using Ttm.Rtc.Rtp;
using Ttm.Server.Recordings;
using Ttm.Server.Tests.Events;
using Ttm.Server.Tests.Kit;
using Ttm.Sfu.Lessons;

namespace Ttm.Server.Tests.Hosting;

/// <summary>The real recorder behind the API: a stretch without a packet becomes an MP3 of silence.</summary>
public sealed class RecorderTests
{
    [Fact]
    public async Task Stretch_FromSwitchToStore_IsSeenInEventsListAndAudio()
    {
        await using var server = await TestServer.StartAsync(
            builder => builder.Services.AddSingleton<IRecordings>(provider => provider.GetRequiredService<RecorderRecordings>()), "--Recording:Enabled=true");
        await server.SendAsync("POST", "/api/v1/lessons", server.Teacher("a"), "{}").ShouldBeAsync(201);
        using var reader = new SseReader(await server.SendAsync("GET", "/api/v1/lessons/a/events", server.Teacher("a")));

        var started = server.Get<TimeProvider>().GetUtcNow();
        var stretch = server.Get<IStretchRecorder>().Start(new("a", "t-1", "s-1", started, new Dictionary<string, string> { ["title"] = "Fractions" }))!;
        var path = $"/api/v1/recordings/{stretch.Recording}";
        await server.SendAsync("GET", path + "/audio", server.Teacher("a")).ShouldBeProblemAsync(409);
        var at = server.Get<Ttm.Net.MediaClock>().Now;
        stretch.Sink.Open(new StreamPosition(at, 0, 0, HasStream: false));
        stretch.Announce();
        (await reader.NextAsync())!.Type.ShouldBe(RecordingEventTypes.Started);
        stretch.Sink.Close(new StreamPosition(at + TimeSpan.FromSeconds(1), 0, 0, HasStream: false));
        await server.SendAsync("DELETE", "/api/v1/lessons/a", server.Teacher("a")).ShouldBeAsync(204);

        var types = (await reader.AllAsync()).Select(one => one.Type).ToList();
        types.Where(type => type.StartsWith("recording.", StringComparison.Ordinal)).ShouldBe(
            [RecordingEventTypes.Finished, RecordingEventTypes.Stored]);
        var recording = await (await server.SendAsync("GET", path, server.Teacher("a"))).JsonAsync();
        recording.GetProperty("status").GetString().ShouldBe("stored");
        recording.GetProperty("duration").GetDouble().ShouldBe(1, 0.05);
        recording.GetProperty("location").GetString().ShouldStartWith("file://");
        var audio = await server.SendAsync("GET", path + "/audio", server.Teacher("a"), body: null, headers: ("Range", "bytes=0-99"));
        audio.StatusCode.ShouldBe(HttpStatusCode.PartialContent);
        (await audio.Content.ReadAsByteArrayAsync())[..3].ShouldBe("ID3"u8.ToArray());
    }
}
