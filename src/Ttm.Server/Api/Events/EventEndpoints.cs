using Ttm.Server.Auth;
using Ttm.Server.Events;
using Ttm.Server.Operations;
using Ttm.Sfu.Lessons;

namespace Ttm.Server.Api.Events;

/// <summary>Server-Sent Events of one lesson.</summary>
internal static class EventEndpoints
{
    private static readonly TimeSpan RetryWhenCrowded = TimeSpan.FromSeconds(5);

    public static void MapEvents(this IEndpointRouteBuilder api) =>
        api.MapGet("/lessons/{lesson}/events", StreamAsync).Allow(Role.Teacher, Role.Student)
            .WithTags("Events")
            .WithSummary("The lesson's events as they happen")
            .WithDescription("Server-Sent Events; Last-Event-ID resumes. A student gets its own events alone. Ends when the lesson has ended and its recordings are settled; asked again after that the answer is 204, at which an EventSource stops. Takes the token as access_token too.")
            .Produces(200, contentType: "text/event-stream").Produces(204).Fails(400, 403, 404, 503);

    private static async Task<IResult> StreamAsync(
        string lesson, HttpContext context, ILessons lessons, EventHub hub, TimeProvider clock, ServerMetrics metrics, IHostApplicationLifetime lifetime)
    {
        if (lessons.Find(lesson) is not { } found)
            return Problem.NoLesson(lesson);
        var after = EventCursor.TryParse(LastEventId(context.Request), out var id) ? id : (EventCursor?)null;
        using var subscription = hub.Subscribe(lesson, after);
        if (subscription is null)
            return Problem.Unavailable("This lesson's event stream has too many readers.", RetryWhenCrowded);

        // Read after subscribing: an end that comes later is in the queue.
        subscription.Progress.IsLive = found.Snapshot.State == LessonState.Live;
        if (subscription.Progress.IsOver && subscription.Missed.Count == 0 && subscription.Reader.Count == 0)
            return Results.NoContent();

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        using var _ = metrics.EventStreamOpened();
        var caller = Caller.Of(context);
        var stream = new EventStream(context.Response, caller.Role == Role.Student ? caller.Id : null, clock);
        await stream.RunAsync(subscription, stop.Token);
        return Results.Empty;
    }

    // A page that makes a new EventSource cannot set the header, so the query parameter serves the same.
    private static string? LastEventId(HttpRequest request) =>
        request.Headers.TryGetValue("Last-Event-ID", out var header) ? header.FirstOrDefault() : request.Query["lastEventId"].FirstOrDefault();
}
