using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Ttm.Recorder.Recordings;
using Ttm.Server.Api.Events;
using Ttm.Server.Events;
using Ttm.Server.Tests.Kit;
using Ttm.Sfu.Lessons;
using Ttm.Testing;

namespace Ttm.Server.Tests.Events;

[Collection(ServerGroup.Name)]
public sealed class EventStreamTests(ServerFixture fixture)
{
    private readonly TestServer _server = fixture.Server;
    private readonly string _lesson = ServerFixture.NewLesson();

    private Task CreateAsync() => _server.SendAsync("POST", "/api/v1/lessons", _server.Teacher(_lesson), "{}").ShouldBeAsync(201);

    private Task EndAsync() => _server.SendAsync("DELETE", $"/api/v1/lessons/{_lesson}", _server.Service).ShouldBeAsync(204);

    private Task SelectAsync(string student) =>
        _server.SendAsync("PUT", $"/api/v1/lessons/{_lesson}/listener", _server.Service, $$"""{"student":"{{student}}"}""").ShouldBeAsync(200);

    private Task PostAsync(string student, string text) =>
        _server.SendAsync("POST", $"/api/v1/lessons/{_lesson}/messages", _server.Student(_lesson, student), $$"""{"text":"{{text}}"}""").ShouldBeAsync(201);

    private async Task<SseReader> OpenAsync(string token, string? lastEventId = null)
    {
        (string, string)[] headers = lastEventId is null ? [] : [("Last-Event-ID", lastEventId)];
        var response = await _server.SendAsync("GET", $"/api/v1/lessons/{_lesson}/events", token, body: null, headers: headers).ShouldBeAsync(200);
        response.Content.Headers.ContentType!.ToString().ShouldBe("text/event-stream");
        return new(response);
    }

    [Fact]
    public async Task Stream_ShowsWhatHappens_AndEndsWithTheLesson()
    {
        await CreateAsync();
        using var reader = await OpenAsync(_server.Teacher(_lesson));
        await _server.SendAsync("POST", $"/whep/{_lesson}", _server.Student(_lesson), TestServer.Offer, "application/sdp").ShouldBeAsync(201);
        await SelectAsync("s-1");
        await PostAsync("s-1", "two lines\\nof text");
        await EndAsync();

        var events = await reader.AllAsync();

        events.Select(one => one.Type).ShouldBe(["student.connected", "listener.changed", "message.posted", "lesson.ended"]);
        foreach (var one in events)
        {
            one.Body.EnumerateObject().Select(property => property.Name).ShouldBe(["type", "timestamp", "data"]);
            one.Body.GetProperty("type").GetString().ShouldBe(one.Type);
            one.Body.GetProperty("timestamp").GetString().ShouldEndWith("Z");
            one.Data.GetProperty(one.Type == "lesson.ended" ? "id" : "lesson").GetString().ShouldBe(_lesson);
        }

        events[0].Data.ToString().ShouldBe($$"""{"lesson":"{{_lesson}}","student":"s-1"}""");
        events[1].Data.EnumerateObject().Select(property => property.Name).ShouldBe(["lesson", "student", "connected", "recording", "switchedAt"]);
        events[2].Data.GetProperty("text").GetString().ShouldBe("two lines\nof text");
        events.Select(one => Cursor(one.Id)).ShouldBeInOrder(SortDirection.Ascending);
    }

    private static EventCursor Cursor(string id)
    {
        EventCursor.TryParse(id, out var cursor).ShouldBeTrue(id);
        return cursor;
    }

    [Fact]
    public async Task Stream_WithLastEventId_GoesOnWhereItBrokeOff()
    {
        await CreateAsync();
        string first;
        using (var reader = await OpenAsync(_server.Teacher(_lesson)))
        {
            await PostAsync("s-1", "a");
            first = (await reader.NextAsync())!.Id;
        }

        await PostAsync("s-1", "b");
        await PostAsync("s-2", "c");
        using (var byQuery = new SseReader(await _server.SendAsync("GET", $"/api/v1/lessons/{_lesson}/events?lastEventId={first}", _server.Teacher(_lesson))))
            (await byQuery.NextAsync())!.Data.GetProperty("text").GetString().ShouldBe("b");
        using var resumed = await OpenAsync(_server.Teacher(_lesson), first);
        await PostAsync("s-1", "d");

        foreach (var text in new[] { "b", "c", "d" })
            (await resumed.NextAsync())!.Data.GetProperty("text").GetString().ShouldBe(text);
    }

    [Theory]
    [InlineData("1-1", 3)]
    [InlineData("99999999999999-1", 1)]
    [InlineData("nonsense", 1)]
    [InlineData("-", 1)]
    [InlineData("", 1)]
    [InlineData("1-99999999999999999999999999", 1)]
    public async Task Stream_WithAnIdOfAnotherLife_GivesWhatCameSince_OrFromNow(string lastEventId, int expected)
    {
        await CreateAsync();
        await PostAsync("s-1", "a");
        using var reader = await OpenAsync(_server.Teacher(_lesson), lastEventId);
        await EndAsync();

        (await reader.AllAsync()).Count.ShouldBe(expected);
    }

    [Fact]
    public async Task Stream_OfAStudent_NamesNoOtherStudent()
    {
        await CreateAsync();
        using var reader = await OpenAsync(_server.Student(_lesson, "s-1"));
        foreach (var student in new[] { "s-1", "s-2" })
            await _server.SendAsync("POST", $"/whep/{_lesson}", _server.Student(_lesson, student), TestServer.Offer, "application/sdp").ShouldBeAsync(201);
        await SelectAsync("s-2");
        await SelectAsync("s-1");
        await SelectAsync("s-2");
        await SelectAsync("s-3");
        await PostAsync("s-2", "secret");
        await PostAsync("s-1", "mine");
        _server.Events.Publish(new(RecordingEventTypes.Stored, _lesson, default, _server.Recordings.Add(_lesson, RecordingStatus.Stored)));
        await EndAsync();

        var events = await reader.AllAsync();

        events.Select(one => one.Type).ShouldBe(["student.connected", "listener.changed", "listener.changed", "message.posted", "lesson.ended"]);
        events[1].Data.GetProperty("student").GetString().ShouldBe("s-1");
        events[2].Data.GetProperty("student").GetString().ShouldBeNull();
        string.Concat(events.Select(one => one.Body.ToString())).ShouldNotContain("s-2");
    }

    [Fact]
    public async Task Stream_OfAnEndedLesson_IsNoContent_SoThatAnEventSourceStops()
    {
        await CreateAsync();
        using (var reader = await OpenAsync(_server.Teacher(_lesson)))
        {
            await EndAsync();
            var last = (await reader.AllAsync())[^1];
            await _server.SendAsync("GET", $"/api/v1/lessons/{_lesson}/events", _server.Service, body: null, headers: ("Last-Event-ID", last.Id)).ShouldBeAsync(204);
        }

        await _server.SendAsync("GET", $"/api/v1/lessons/{_lesson}/events", _server.Service).ShouldBeAsync(204);
        using var replay = await OpenAsync(_server.Service, "1-1");
        (await replay.AllAsync()).Select(one => one.Type).ShouldBe(["lesson.started", "lesson.ended"]);
    }

    [Fact]
    public async Task Stream_WithRecordingsOnTheirWay_WaitsForThem()
    {
        await CreateAsync();
        using var reader = await OpenAsync(_server.Teacher(_lesson));
        foreach (var status in new[] { RecordingStatus.Recording, RecordingStatus.Failed })
        {
            var recording = _server.Recordings.Add(_lesson, status);
            _server.Events.Publish(new(RecordingEventTypes.Started, _lesson, default, recording));
            await EndAsync();
            _server.Events.Publish(new(RecordingEventTypes.Finished, _lesson, default, recording));
            if (status == RecordingStatus.Failed)
                _server.Events.Publish(new(RecordingEventTypes.Failed, _lesson, default, recording));
        }

        // A second reader comes after the end, and waits for what the first one waits for.
        using var late = await OpenAsync(_server.Teacher(_lesson));
        _server.Events.Publish(new(RecordingEventTypes.Stored, _lesson, default, _server.Recordings.List(_lesson).Single(one => one.Status == RecordingStatus.Recording)));

        (await reader.AllAsync()).Select(one => one.Type).ShouldBe(
            ["recording.started", "lesson.ended", "recording.finished", "recording.started", "recording.finished", "recording.failed", "recording.stored"]);
        (await late.AllAsync()).Select(one => one.Type).ShouldBe(["recording.stored"]);
    }

    [Fact]
    public async Task Stream_OfNoLesson_IsNotFound() =>
        await _server.SendAsync("GET", $"/api/v1/lessons/{_lesson}/events", _server.Service).ShouldBeProblemAsync(404);

    [Fact]
    public async Task Stream_WithTokenInTheQuery_IsGranted()
    {
        await CreateAsync();
        var response = await _server.SendAsync("GET", $"/api/v1/lessons/{_lesson}/events?access_token={_server.Student(_lesson)}", null);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Dispose();
    }

    [Fact]
    public async Task Stream_InSilence_SendsAHeartbeat()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var server = await TestServer.StartAsync(builder => builder.Services.AddSingleton<TimeProvider>(clock));
        await server.SendAsync("POST", "/api/v1/lessons", server.Teacher("a"), "{}").ShouldBeAsync(201);
        using var reader = new SseReader(await server.SendAsync("GET", "/api/v1/lessons/a/events", server.Teacher("a")));
        var comment = reader.NextAsync(orComment: true);
        await Until.TrueAsync(() =>
        {
            clock.Advance(EventStream.Heartbeat);
            return comment.IsCompleted;
        });
        reader.Comments.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Stream_WhenTheServerStops_Ends()
    {
        await using var server = await TestServer.StartAsync();
        await server.SendAsync("POST", "/api/v1/lessons", server.Teacher("a"), "{}").ShouldBeAsync(201);
        using var reader = new SseReader(await server.SendAsync("GET", "/api/v1/lessons/a/events", server.Teacher("a")));

        await server.StopAsync().WaitAsync(TimeSpan.FromSeconds(5));

        (await reader.AllAsync()).ShouldBeEmpty();
    }

    [Fact]
    public void Subscription_ThatFallsBehind_IsCutOff_AndResumes()
    {
        var hub = _server.Events;
        using var slow = hub.Subscribe(_lesson, null)!;
        for (var i = 0; i <= EventSubscription.Capacity; i++)
            hub.Publish(new(LessonEventTypes.TeacherConnected, _lesson, default, new ParticipantEvent(_lesson, "t-1", null)));

        EventCursor last = default;
        while (slow.Reader.TryRead(out var read))
            last = read.Id;
        slow.Reader.Completion.IsCompleted.ShouldBeTrue();
        using var resumed = hub.Subscribe(_lesson, last)!;
        resumed.Missed.Count.ShouldBe(1);
    }

    [Fact]
    public void History_IsBounded()
    {
        var hub = _server.Events;
        for (var i = 0; i < EventChannel.Kept + 50; i++)
            hub.Publish(new(LessonEventTypes.TeacherConnected, _lesson, default, new ParticipantEvent(_lesson, "t-1", null)));

        using var all = hub.Subscribe(_lesson, default(EventCursor))!;
        all.Missed.Count.ShouldBe(EventChannel.Kept);
    }
}
