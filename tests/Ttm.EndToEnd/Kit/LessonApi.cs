using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization;
using Ttm.Testing;

namespace Ttm.EndToEnd.Kit;

/// <summary>The REST calls that the tests make themselves, with a service token.</summary>
internal sealed class LessonApi : IDisposable
{
    private static readonly TimeSpan StoreLimit = TimeSpan.FromSeconds(60);
    private readonly HttpClient _http;
    private readonly ServerProcess _server;
    private readonly string _lesson;

    public LessonApi(ServerProcess server, string lesson)
    {
        _server = server;
        _lesson = lesson;
        _http = server.CreateClient();
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", server.Tokens.Service());
    }

    public async Task CreateAsync(Dictionary<string, string> metadata)
    {
        using var answer = await _http.PostAsJsonAsync("/api/v1/lessons", new { id = _lesson, metadata });
        answer.StatusCode.ShouldBe(HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
    }

    public async Task<Switch> SelectAsync(string student)
    {
        using var answer = await _http.PutAsJsonAsync($"/api/v1/lessons/{_lesson}/listener", new { student });
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync<Switch>())!;
    }

    public async Task DeselectAsync() =>
        (await _http.DeleteAsync($"/api/v1/lessons/{_lesson}/listener")).StatusCode.ShouldBe(HttpStatusCode.NoContent);

    public async Task EndAsync() =>
        (await _http.DeleteAsync($"/api/v1/lessons/{_lesson}")).StatusCode.ShouldBe(HttpStatusCode.NoContent);

    public async Task<Lesson> GetAsync() => (await _http.GetFromJsonAsync<Lesson>($"/api/v1/lessons/{_lesson}"))!;

    /// <summary>The lesson as a supervisor sees it.</summary>
    public async Task<JsonElement> SupervisedAsync() =>
        (await _http.GetFromJsonAsync<JsonElement>("/api/v1/node")).GetProperty("lessons").EnumerateArray().Single(lesson => lesson.GetProperty("id").GetString() == _lesson);

    public async Task<Recording[]> RecordingsAsync() => (await _http.GetFromJsonAsync<Recording[]>($"/api/v1/lessons/{_lesson}/recordings"))!;

    /// <summary>The texts that were typed.</summary>
    public async Task<string[]> MessagesAsync() => [.. (await _http.GetFromJsonAsync<Typed[]>($"/api/v1/lessons/{_lesson}/messages"))!.Select(message => message.Text)];

    /// <summary>All recordings of the lesson, once that many are stored.</summary>
    public Task<Recording[]> StoredAsync(int count) => Until.SatisfiedAsync(
        RecordingsAsync,
        recordings => recordings.Count(recording => recording.Status == "stored") == count,
        StoreLimit,
        recordings => $"{count} recordings should be stored: {string.Join(", ", recordings.Select(r => $"{r.Sequence} {r.Student} {r.Status}"))}\n{_server.Log}");

    public async Task<byte[]> AudioAsync(Recording recording) => await _http.GetByteArrayAsync($"/api/v1/recordings/{recording.Id}/audio");

    public void Dispose() => _http.Dispose();
}

internal sealed record Lesson(string State, Participant? Teacher, Student[] Students, string? Listener);

internal sealed record Participant(string Id, bool Connected);

internal sealed record Student(string Id, bool Connected, bool Listening);

internal sealed record Switch(string? Student, bool Connected, string? Recording, DateTimeOffset SwitchedAt);

internal sealed record Recording(
    string Id, string Teacher, string Student, int Sequence, string Status, DateTimeOffset StartedAt, DateTimeOffset? EndedAt, double? Duration,
    AudioFormat Format, long? Bytes, string? Sha256, string? Location, AudioQuality Quality)
{
    [JsonIgnore]
    public TimeSpan WallTime => EndedAt!.Value - StartedAt;

    [JsonIgnore]
    public TimeSpan Length => TimeSpan.FromSeconds(Duration!.Value);
}

internal sealed record AudioQuality(long PacketsExpected, long PacketsLost);

internal sealed record Typed(string From, string Text);

internal sealed record AudioFormat(string Codec, int SampleRate, int Channels, int Bitrate);
