using Ttm.Server.Auth;
using Ttm.Sfu.Lessons;

namespace Ttm.Server.Api.Lessons;

/// <summary>The listener: the one student who hears the teacher.</summary>
internal static class ListenerEndpoints
{
    public static void MapListener(this IEndpointRouteBuilder api)
    {
        var listener = api.MapGroup("/lessons/{lesson}/listener").WithTags("Listener");
        listener.MapPut("", SelectAsync).Allow(Role.Teacher)
            .WithSummary("Switch to a student")
            .WithDescription("The same student again changes nothing. The student need not be connected yet.")
            .Takes<ListenerChoice>("""{"student":"s-17"}""").Produces<ListenerView>().Fails(400, 403, 404, 409, 413, 415);
        listener.MapDelete("", ClearAsync).Allow(Role.Teacher)
            .WithSummary("Stop: nobody hears")
            .Produces(204).Fails(400, 403, 404);
    }

    private static async Task<IResult> SelectAsync(string lesson, HttpContext context, ILessons lessons)
    {
        var body = await JsonBody.ReadAsync(context.Request);
        var student = body.RequiredId("student");
        if (body.Flaw is { } flaw)
            return flaw;
        if (lessons.Find(lesson) is not { } found)
            return Problem.NoLesson(lesson);
        var change = await found.SelectAsync(student);
        return change.Succeeded ? Results.Ok(ListenerView.From(change.Value!)) : change.ToProblem();
    }

    private static async Task<IResult> ClearAsync(string lesson, ILessons lessons)
    {
        if (lessons.Find(lesson) is not { } found)
            return Problem.NoLesson(lesson);
        var change = await found.SelectAsync(null);
        return change.Succeeded ? Results.NoContent() : change.ToProblem();
    }
}

/// <summary>The body of PUT listener.</summary>
internal sealed record ListenerChoice(string Student);
