using Ttm.Recorder.Recordings;
using Ttm.Rtc;
using Ttm.Server.Auth;
using Ttm.Server.Operations;
using Ttm.Sfu.Lessons;

namespace Ttm.Server.Api.Node;

/// <summary>What a supervisor watches: this server, and all its live lessons.</summary>
internal static class NodeEndpoints
{
    public static void MapNode(this IEndpointRouteBuilder api) =>
        api.MapGet("/node", GetAsync).Allow()
            .WithTags("Supervision")
            .WithSummary("This server and its live lessons")
            .WithDescription("For a supervisor, with a service token: how busy the server is, and of each live lesson who is connected by which way, how loud the teacher is and how well the audio comes through. Ask every few seconds.")
            .Produces<NodeView>().Fails(403);

    private static async Task<IResult> GetAsync(
        HttpContext context, ILessons lessons, Readiness readiness, CpuGauge cpu, LoopLag lag, RecorderService recorder, RecordingOptions recording, ServerStart start)
    {
        context.Response.Headers.CacheControl = "no-store";
        var reports = await lessons.ReportAsync();
        var reasons = readiness.Reasons();
        var health = recorder.Health;
        var uploads = recorder.Uploads;
        return Results.Ok(new NodeView(
            ServerStart.Version,
            start.At,
            reasons.Count == 0,
            reasons,
            readiness.Warnings(),
            new(cpu.Used, CpuGauge.Cores),
            lag.Worst.TotalSeconds,
            Environment.WorkingSet,
            recording.Enabled ? new(health.SpoolBytes, health.FreeBytes) : null,
            new(uploads.Waiting, uploads.OldestAge.TotalSeconds),
            Count(reports),
            [.. reports.Select(NodeLessonView.From)]));
    }

    private static IReadOnlyList<SessionCountView> Count(IReadOnlyList<Ttm.Sfu.Lessons.LessonReport> reports) =>
    [
        .. reports.SelectMany(report => report.Sessions)
            .Where(one => one.Session.State != RtcSessionState.Closed)
            .GroupBy(one => (one.Session.State, one.Session.Path))
            .OrderBy(group => group.Key)
            .Select(group => new SessionCountView(group.Key.State == RtcSessionState.Connected ? "connected" : "connecting", PathNames.Of(group.Key.Path), group.Count())),
    ];
}
