using Ttm.Net;
using Ttm.Rtc.Dtls;
using Ttm.Rtc.Rtp;
using Ttm.Server.Tests.Events;
using Ttm.Server.Tests.Kit;
using Ttm.Testing;

namespace Ttm.Server.Tests.Hosting;

/// <summary>Nothing is a stand-in here but the browsers: HTTP, media port, recorder and store.</summary>
public sealed class WholeServerTests
{
    private const string Sdp = "application/sdp";
    private const string Fragment = "application/trickle-ice-sdpfrag";

    [Fact]
    public async Task Lesson_FromOfferToMp3_Works()
    {
        await using var server = await TestServer.StartWholeAsync();
        using var certificate = DtlsCertificate.Create(TimeProvider.System.GetUtcNow());
        using var student = new UdpRtcClient(false, certificate, new SeededRandomness(1), server.Get<MediaClock>());
        using var teacher = new UdpRtcClient(true, certificate, new SeededRandomness(2), server.Get<MediaClock>());
        var heard = 0;
        student.Received = (in RtpPacket packet, Ttm.Rtc.Instant _) => heard += packet.Payload.Length > 20 ? 1 : 0;

        await ConnectAsync(server, "/whep/a", server.Student("a"), student);
        var session = await ConnectAsync(server, "/whip/a", server.Teacher("a"), teacher);
        using var events = new SseReader(await server.SendAsync("GET", "/api/v1/lessons/a/events?lastEventId=1-1", server.Teacher("a")));
        var choice = await (await server.SendAsync("PUT", "/api/v1/lessons/a/listener", server.Teacher("a"), """{"student":"s-1"}""").ShouldBeAsync(200)).JsonAsync();
        choice.GetProperty("connected").GetBoolean().ShouldBeTrue();
        var recording = choice.GetProperty("recording").GetString();

        var payload = new byte[60];
        payload[0] = 0xF8;
        for (var sent = 0; heard < 5 && sent < 400; sent++)
        {
            teacher.SendPacket(payload);
            teacher.Pump(TimeSpan.FromMilliseconds(5));
            student.Pump(TimeSpan.FromMilliseconds(15));
        }

        heard.ShouldBeGreaterThanOrEqualTo(5);
        var metrics = await (await server.SendAsync("GET", "/metrics", null)).Content.ReadAsStringAsync();
        metrics.ShouldContain("ttm_packets_forwarded");
        metrics.ShouldContain("ttm_packets_dropped_total{");

        await server.SendAsync("DELETE", session, server.Teacher("a")).ShouldBeAsync(200);
        await server.SendAsync("DELETE", "/api/v1/lessons/a", server.Teacher("a")).ShouldBeAsync(204);
        var types = (await events.AllAsync()).Select(one => one.Type).ToList();
        foreach (var type in new[] { "lesson.started", "teacher.connected", "student.connected", "listener.changed", "teacher.disconnected", "lesson.ended", "recording.started", "recording.finished", "recording.stored" })
            types.ShouldContain(type);
        types.IndexOf("recording.started").ShouldBeGreaterThan(types.IndexOf("listener.changed"));
        var stored = await (await server.SendAsync("GET", $"/api/v1/recordings/{recording}", server.Teacher("a")).ShouldBeAsync(200)).JsonAsync();
        stored.GetProperty("startedAt").GetString().ShouldBe(choice.GetProperty("switchedAt").GetString());
        var audio = await server.SendAsync("GET", $"/api/v1/recordings/{recording}/audio", server.Teacher("a")).ShouldBeAsync(200);
        (await audio.Content.ReadAsByteArrayAsync())[..3].ShouldBe("ID3"u8.ToArray());
    }

    [Fact]
    public async Task Session_ByItsUrl_TricklesRestartsAndCloses()
    {
        await using var server = await TestServer.StartWholeAsync();
        using var certificate = DtlsCertificate.Create(TimeProvider.System.GetUtcNow());
        using var client = new UdpRtcClient(true, certificate, new SeededRandomness(3), server.Get<MediaClock>());
        var token = server.Teacher("a");
        var response = await server.SendAsync("POST", "/whip/a", token, client.Rtc.Offer, Sdp).ShouldBeAsync(201);
        var session = response.Headers.Location!.ToString();
        var tag = response.Headers.ETag!.ToString();
        var links = response.Headers.GetValues("Link").ToList();
        links[0].ShouldMatch(@"^<stun:127\.0\.0\.1:[1-9]\d*>; rel=""ice-server""$");
        links[1].ShouldMatch(@"^<turn:127\.0\.0\.1:[1-9]\d*\?transport=udp>; rel=""ice-server""; username=""\d+:t-1""; credential=""[A-Za-z0-9+/=]{28}""; credential-type=""password""$");
        links[2].ShouldMatch(@"^<turn:127\.0\.0\.1:[1-9]\d*\?transport=tcp>; ");
        links.Count.ShouldBe(3);

        var (ufrag, pwd) = (client.Rtc.Local.Ufrag, client.Rtc.Local.Password);
        var trickle = $"a=ice-ufrag:{ufrag}\r\na=ice-pwd:{pwd}\r\nm=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:0\r\na=end-of-candidates\r\n";
        await server.SendAsync("PATCH", session, token, trickle, Fragment).ShouldBeAsync(204);
        await server.SendAsync("PATCH", session, token, trickle, Fragment, ("If-Match", tag)).ShouldBeAsync(204);
        await server.SendAsync("PATCH", session, token, trickle, Fragment, ("If-Match", "\"older\"")).ShouldBeProblemAsync(412);
        await server.SendAsync("PATCH", session, token, "not a fragment", Fragment).ShouldBeProblemAsync(400);

        var restart = await server.SendAsync("PATCH", session, token, "a=ice-ufrag:abcd\r\na=ice-pwd:0123456789012345678901\r\n", Fragment, ("If-Match", "*")).ShouldBeAsync(200);
        restart.Headers.ETag!.ToString().ShouldNotBe(tag);
        (await restart.Content.ReadAsStringAsync()).ShouldContain("a=ice-pwd:");
        await server.SendAsync("PATCH", session, token, trickle, Fragment, ("If-Match", tag)).ShouldBeProblemAsync(412);

        await server.SendAsync("POST", "/whip/a", server.Teacher("a", "t-2"), client.Rtc.Offer, Sdp).ShouldBeProblemAsync(409);
        var video = client.Rtc.Offer.Replace("m=audio", "m=video", StringComparison.Ordinal);
        await server.SendAsync("POST", "/whip/a", token, video, Sdp).ShouldBeProblemAsync(422);
        await server.SendAsync("DELETE", session, token).ShouldBeAsync(200);
        await server.SendAsync("DELETE", session, token).ShouldBeProblemAsync(404);
    }

    [Fact]
    public async Task Stop_DuringALesson_FinishesItsRecording()
    {
        var server = await TestServer.StartWholeAsync();
        await server.SendAsync("POST", "/api/v1/lessons", server.Teacher("a"), "{}").ShouldBeAsync(201);
        var choice = await (await server.SendAsync("PUT", "/api/v1/lessons/a/listener", server.Teacher("a"), """{"student":"s-1"}""").ShouldBeAsync(200)).JsonAsync();

        await server.StopAsync();

        var recording = server.Get<Ttm.Recorder.Recordings.RecorderService>().Find(choice.GetProperty("recording").GetString()!)!;
        recording.Status.ShouldBe(Ttm.Recorder.Recordings.RecordingStatus.Stored);
        await server.DisposeAsync();
    }

    [Fact]
    public async Task Restart_DuringALesson_BringsLessonListenerSequenceAndMessagesBack()
    {
        var directory = Directory.CreateTempSubdirectory("ttm-restart-").FullName;
        string[] spool = [$"--Recording:Spool={directory}/spool", $"--Storage:FileSystem:Root={directory}/recordings"];
        await using (var first = await TestServer.StartWholeAsync(spool))
        {
            await first.SendAsync("POST", "/api/v1/lessons", first.Service, """{"id":"a","teacher":"t-1","metadata":{"title":"Fractions"}}""").ShouldBeAsync(201);
            await first.SendAsync("POST", "/api/v1/lessons", first.Service, """{"id":"secret","record":false}""").ShouldBeAsync(201);
            await first.SendAsync("PUT", "/api/v1/lessons/a/listener", first.Teacher("a"), """{"student":"s-1"}""").ShouldBeAsync(200);
            await first.SendAsync("POST", "/api/v1/lessons/a/messages", first.Student("a"), """{"text":"¾?"}""").ShouldBeAsync(201);
            await first.SendAsync("POST", "/api/v1/lessons/secret/messages", first.Student("secret"), """{"text":"Hush"}""").ShouldBeAsync(201);
        }

        await using var second = await TestServer.StartWholeAsync(spool);
        var lesson = await (await second.SendAsync("GET", "/api/v1/lessons/a", second.Service).ShouldBeAsync(200)).JsonAsync();
        lesson.GetProperty("state").GetString().ShouldBe("live");
        lesson.GetProperty("listener").GetString().ShouldBe("s-1");
        lesson.GetProperty("metadata").GetProperty("title").GetString().ShouldBe("Fractions");
        var messages = await (await second.SendAsync("GET", "/api/v1/lessons/a/messages", second.Service).ShouldBeAsync(200)).JsonAsync();
        messages.EnumerateArray().ShouldHaveSingleItem().GetProperty("text").GetString().ShouldBe("¾?");
        await second.SendAsync("GET", "/api/v1/lessons/secret", second.Service).ShouldBeProblemAsync(404);
        Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories).ShouldAllBe(path => !path.Contains("secret"));

        using var certificate = DtlsCertificate.Create(TimeProvider.System.GetUtcNow());
        using var teacher = new UdpRtcClient(true, certificate, new SeededRandomness(4), second.Get<MediaClock>());
        await ConnectAsync(second, "/whip/a", second.Teacher("a"), teacher);
        var recordings = await (await second.SendAsync("GET", "/api/v1/lessons/a/recordings", second.Service).ShouldBeAsync(200)).JsonAsync();
        recordings.EnumerateArray().Select(one => one.GetProperty("sequence").GetInt32()).ShouldBe([1, 2]);
        recordings[1].GetProperty("status").GetString().ShouldBe("recording");

        await second.SendAsync("DELETE", "/api/v1/lessons/a", second.Service).ShouldBeAsync(204);
        if (!OperatingSystem.IsWindows())
        {
            foreach (var path in Directory.EnumerateFiles($"{directory}/spool/lessons").Concat(Directory.EnumerateFiles($"{directory}/spool/messages")))
                File.GetUnixFileMode(path).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        await second.StopAsync();
        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public async Task Switches_InQuickSuccession_AreToldBeforeTheirRecordings_WhichTile()
    {
        await using var server = await TestServer.StartWholeAsync();
        await server.SendAsync("POST", "/api/v1/lessons", server.Service, """{"id":"a"}""").ShouldBeAsync(201);
        using var events = new SseReader(await server.SendAsync("GET", "/api/v1/lessons/a/events", server.Service));
        for (var i = 0; i < 20; i++)
            await server.SendAsync("PUT", "/api/v1/lessons/a/listener", server.Service, $$"""{"student":"s-{{i}}"}""").ShouldBeAsync(200);
        await server.SendAsync("DELETE", "/api/v1/lessons/a", server.Service).ShouldBeAsync(204);

        var told = new Dictionary<string, string>();
        foreach (var one in await events.AllAsync())
        {
            var data = one.Data;
            if (one.Type == "listener.changed" && data.GetProperty("recording").GetString() is { } changed)
                told.Add(changed, data.GetProperty("switchedAt").GetString()!);
            else if (one.Type == "recording.started")
                told[data.GetProperty("id").GetString()!].ShouldBe(data.GetProperty("startedAt").GetString());
        }

        told.Count.ShouldBe(20);
        var recordings = (await (await server.SendAsync("GET", "/api/v1/lessons/a/recordings", server.Service)).JsonAsync()).EnumerateArray().ToList();
        recordings.Select(one => one.GetProperty("startedAt").GetString()).ShouldBe(told.Values);
        for (var i = 1; i < recordings.Count; i++)
            (recordings[i].GetProperty("startedAt").GetDateTimeOffset() - recordings[i - 1].GetProperty("endedAt").GetDateTimeOffset()).Duration().ShouldBeLessThan(TimeSpan.FromMilliseconds(50));
    }

    [Fact]
    public async Task Service_ThatPublishes_ActsInTheTeachersName()
    {
        await using var server = await TestServer.StartWholeAsync();
        using var certificate = DtlsCertificate.Create(TimeProvider.System.GetUtcNow());
        using var first = new UdpRtcClient(true, certificate, new SeededRandomness(6), server.Get<MediaClock>());
        using var second = new UdpRtcClient(true, certificate, new SeededRandomness(7), server.Get<MediaClock>());
        await server.SendAsync("POST", "/api/v1/lessons", server.Service, """{"id":"a","teacher":"t-1"}""").ShouldBeAsync(201);

        var session = await ConnectAsync(server, "/whip/a", server.Service, first);
        var lesson = await (await server.SendAsync("GET", "/api/v1/lessons/a", server.Service)).JsonAsync();
        lesson.GetProperty("teacher").GetProperty("id").GetString().ShouldBe("t-1");

        // It is the same teacher, so it takes its own connection's place.
        await ConnectAsync(server, "/whip/a", server.Teacher("a"), second);
        await server.SendAsync("DELETE", session, server.Service).ShouldBeProblemAsync(404);
    }

    [Fact]
    public async Task Offer_ThatCannotBeServed_LeavesNoLesson()
    {
        await using var server = await TestServer.StartWholeAsync();
        using var certificate = DtlsCertificate.Create(TimeProvider.System.GetUtcNow());
        using var client = new UdpRtcClient(true, certificate, new SeededRandomness(5), server.Get<MediaClock>());
        var video = client.Rtc.Offer.Replace("m=audio", "m=video", StringComparison.Ordinal);
        await server.SendAsync("POST", "/whip/new", server.Teacher("new"), video, Sdp).ShouldBeProblemAsync(422);
        await server.SendAsync("GET", "/api/v1/lessons/new", server.Teacher("new")).ShouldBeProblemAsync(404);
    }

    private static async Task<string> ConnectAsync(TestServer server, string path, string token, UdpRtcClient client)
    {
        var response = await server.SendAsync("POST", path, token, client.Rtc.Offer, Sdp).ShouldBeAsync(201);
        client.ApplyAnswer(await response.Content.ReadAsStringAsync());
        for (var round = 0; !client.IsConnected && round < 500; round++)
            client.Pump(TimeSpan.FromMilliseconds(10));
        client.IsConnected.ShouldBeTrue();
        return response.Headers.Location!.ToString();
    }
}
