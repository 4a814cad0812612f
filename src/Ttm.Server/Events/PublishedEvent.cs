using System.Text.Json;
using System.Text.Json.Nodes;
using Ttm.Recorder.Recordings;
using Ttm.Server.Api;

namespace Ttm.Server.Events;

/// <summary>An event with its place in the order, ready for every way out.</summary>
/// <param name="Body">UTF-8 JSON <c>{"type", "timestamp", "data"}</c>, complete: what a webhook and a teacher get.</param>
/// <param name="Previous">Who listened before a <c>listener.changed</c>.</param>
/// <param name="IsKept">False for a lesson that is not recorded: nothing of it may touch the disk.</param>
internal sealed record PublishedEvent(
    EventCursor Id, string Type, string Lesson, DateTimeOffset Timestamp, object Data, ReadOnlyMemory<byte> Body, string? Previous, bool IsKept = true)
{
    /// <summary>The id of the recording it is about, or null.</summary>
    public string? Recording => Data switch
    {
        Recording recording => recording.Id,
        JsonObject recording => (string?)recording["id"],
        _ => null,
    };

    /// <summary>A recording has lost something and goes on.</summary>
    public bool IsPartialLoss => Type == RecordingEventTypes.Failed && Data is JsonObject recording && (string?)recording["status"] != "failed";

    /// <summary>The body as one student may have it, or null where the event is not its own.</summary>
    public ReadOnlyMemory<byte>? BodyFor(string student) =>
        EventViews.ForStudent(Data, student, Previous) is { } data ? Write(Type, Timestamp, data) : default(ReadOnlyMemory<byte>?);

    public static ReadOnlyMemory<byte> Write(string type, DateTimeOffset timestamp, object data) =>
        JsonSerializer.SerializeToUtf8Bytes(new EventBody(type, timestamp, data), ApiJson.Options);

    private sealed record EventBody(string Type, DateTimeOffset Timestamp, object Data);
}
