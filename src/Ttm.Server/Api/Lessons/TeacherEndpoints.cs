using Ttm.Server.Api.Node;
using Ttm.Server.Auth;
using Ttm.Sfu.Lessons;

namespace Ttm.Server.Api.Lessons;

/// <summary>What the teacher's side tells of itself, and asks about those who hear it.</summary>
internal static class TeacherEndpoints
{
    public static void MapTeacher(this IEndpointRouteBuilder api)
    {
        var lesson = api.MapGroup("/lessons/{lesson}").WithTags("Lessons");
        lesson.MapPut("/mute", MuteAsync).Allow(Role.Teacher)
            .WithSummary("Say that the microphone is muted")
            .WithDescription("Or no longer is: students learn it by an event, and it stands in the lesson's teacher.muted until the teacher's connection ends. Media is not touched: mute the track in the browser.")
            .Takes<MuteChoice>("""{"muted":true}""").Produces<MuteView>().Fails(400, 403, 404, 413, 415);
        lesson.MapGet("/connections", ReadConnectionsAsync).Allow(Role.Teacher)
            .WithSummary("How the audio comes through")
            .WithDescription("Who is connected by which way, how loud the teacher is, and loss, jitter and round trip of each. Ask every few seconds.")
            .Produces<NodeLessonView>().Fails(400, 403, 404);
    }

    private static async Task<IResult> ReadConnectionsAsync(string lesson, HttpContext context, ILessons lessons)
    {
        if (lessons.Find(lesson) is not { } found)
            return Problem.NoLesson(lesson);
        context.Response.Headers.CacheControl = "no-store";
        return Results.Ok(NodeLessonView.From(await found.ReportAsync()));
    }

    private static async Task<IResult> MuteAsync(string lesson, HttpContext context, ILessons lessons)
    {
        var body = await JsonBody.ReadAsync(context.Request);
        bool muted = body.RequiredFlag("muted");
        if (body.Flaw is { } flaw)
            return flaw;
        if (lessons.Find(lesson) is not { } found)
            return Problem.NoLesson(lesson);
        var changed = await found.SetMutedAsync(muted);
        return changed.Succeeded ? Results.Ok(new MuteView(lesson, changed.Value!.Id, changed.Value.Muted)) : changed.ToProblem();
    }
}

/// <summary>The body of PUT mute.</summary>
internal sealed record MuteChoice(bool Muted);
