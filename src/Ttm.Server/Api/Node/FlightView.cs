using System.Text.Json.Serialization;
using Ttm.Server.Operations;
using Ttm.Sfu.Lessons;
using Ttm.Sfu.Media.Flight;

namespace Ttm.Server.Api.Node;

/// <summary>What a lesson's connections went through.</summary>
internal sealed record FlightsView(string Lesson, IReadOnlyList<FlightView> Sessions);

/// <param name="Role"><c>teacher</c> or <c>student</c>.</param>
/// <param name="StartedAt">Of the connection: <c>at</c> of its events counts from here.</param>
/// <param name="Closed">Why it has ended; null while it is open.</param>
/// <param name="Events">Of its last minute, oldest first.</param>
internal sealed record FlightView(string Participant, string Role, DateTimeOffset StartedAt, string? Closed, IReadOnlyList<FlightEventView> Events)
{
    public static FlightView From(FlightLog log) => new(
        log.Owner.Participant,
        log.Owner.IsTeacher ? "teacher" : "student",
        log.StartedAt,
        log.CloseReason,
        [.. log.Recording.Read().Select(FlightEventView.From)]);
}

/// <summary>One event; fields that its kind does not have are left out.</summary>
/// <param name="At">Seconds since the connection's offer.</param>
/// <param name="Event"><c>rtp</c>, <c>rtcp</c>, <c>stun</c>, <c>dtls</c>, <c>drop</c>, <c>state</c>, <c>path</c>, <c>listening</c> or <c>source</c>.</param>
/// <param name="Direction"><c>in</c> or <c>out</c>.</param>
/// <param name="Size">Bytes of the datagram.</param>
/// <param name="Type">RTP's payload type, RTCP's first packet type, DTLS's content type.</param>
/// <param name="Class">Of STUN: <c>request</c>, <c>indication</c>, <c>successResponse</c>, <c>errorResponse</c>.</param>
/// <param name="Loss">Of RTCP's first report block: 0 to 1.</param>
/// <param name="Jitter">Seconds.</param>
/// <param name="Datagram">What was dropped.</param>
/// <param name="Reason">Why it was dropped; as in <c>ttm_packets_dropped_total</c>.</param>
/// <param name="Begins">Of <c>listening</c>: begins or ends.</param>
internal sealed record FlightEventView(
    double At,
    string Event,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Direction,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Size,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Sequence,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] uint? Timestamp,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] bool? Marker,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Type,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Class,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? Loss,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Lost,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? Jitter,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Datagram,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Reason,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? State,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Path,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] bool? Begins,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] uint? Ssrc)
{
    public static FlightEventView From(FlightEvent happened) => new(
        happened.At.TotalSeconds,
        Camel(happened.Kind),
        happened.IsOutgoing is { } outgoing ? (outgoing ? "out" : "in") : null,
        happened.Size,
        happened.SequenceNumber,
        happened.Timestamp,
        happened.Marker is true ? true : null,
        happened.Type,
        happened.StunClass is { } stun ? Camel(stun) : null,
        happened.FractionLost,
        happened.CumulativeLost,
        happened.Jitter is { } jitter ? jitter / 48_000.0 : null,
        happened.Datagram is { } datagram ? Camel(datagram) : null,
        happened.Reason is { } reason ? MediaMetrics.Label(reason) : null,
        happened.State is { } state ? Camel(state) : null,
        happened.Path is { } path ? PathNames.Of(path) ?? "none" : null,
        happened.Begins,
        happened.Ssrc);

    private static string Camel<T>(T value)
        where T : struct, Enum
    {
        var name = value.ToString();
        return char.ToLowerInvariant(name[0]) + name[1..];
    }
}
