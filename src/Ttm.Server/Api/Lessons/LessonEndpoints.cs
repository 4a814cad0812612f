using Ttm.Server.Auth;
using Ttm.Server.Operations;
using Ttm.Sfu.Lessons;

namespace Ttm.Server.Api.Lessons;

/// <summary>Lessons: create, list, read, end.</summary>
internal static class LessonEndpoints
{
    private const int GeneratedIdLength = 16;

    public static void MapLessons(this IEndpointRouteBuilder api)
    {
        var lessons = api.MapGroup("/lessons").WithTags("Lessons");
        lessons.MapPost("", CreateAsync).Allow(Role.Teacher)
            .WithSummary("Create a lesson")
            .WithDescription("Without an id one is made up. 409 where a lesson of that id is live; an ended one's id may be used again. With \"record\": false nothing of it is recorded and nothing touches the disk.")
            .Takes<NewLesson>("""{"id":"algebra-7","teacher":"t-3","metadata":{"title":"Fractions"},"record":true}""", isRequired: false).Produces<LessonView>(201).Fails(400, 403, 409, 413, 415, 503);
        lessons.MapGet("", List).Allow(Role.Teacher)
            .WithSummary("List lessons")
            .WithDescription("Live and ended ones, newest first. A teacher sees its own lesson alone.")
            .Produces<IReadOnlyList<LessonView>>().Fails(403);
        lessons.MapGet("/{lesson}", Get).Allow(Role.Teacher, Role.Student)
            .WithSummary("Read a lesson")
            .WithDescription("A student sees its own view: of the students only itself.")
            .Produces<LessonView>().Fails(400, 403, 404);
        lessons.MapDelete("/{lesson}", EndAsync).Allow(Role.Teacher)
            .WithSummary("End a lesson")
            .WithDescription("Connections close, recordings finish. Ending an ended lesson changes nothing.")
            .Produces(204).Fails(400, 403, 404);
    }

    private static async Task<IResult> CreateAsync(HttpContext context, ILessons lessons, Readiness readiness)
    {
        var caller = Caller.Of(context);
        var body = await JsonBody.ReadAsync(context.Request, mayBeEmpty: true);
        var id = body.OptionalId("id");
        var teacher = body.OptionalId("teacher");
        var metadata = body.OptionalTexts("metadata");
        var record = body.OptionalFlag("record");
        if (body.Flaw is { } flaw)
            return flaw;
        id ??= caller.Lesson ?? Ids.New(GeneratedIdLength);
        if (!caller.Covers(id))
            return LessonAccess.OtherLesson(caller, id);
        if (record == true && !caller.Records)
            return Problem.Forbidden("This token says \"record\": false: the lesson cannot be recorded by it.");
        if (lessons.Find(id) is not { Snapshot.State: LessonState.Live } && readiness.RefuseLesson() is { } refusal)
            return refusal;
        teacher ??= caller.Role == Role.Teacher ? caller.Id : null;
        var created = lessons.Create(id, teacher, metadata, record ?? caller.Records);
        return created.Succeeded
            ? Results.Created($"{ApiRoutes.Prefix}/lessons/{id}", LessonView.From(created.Value!.Snapshot))
            : created.ToProblem();
    }

    private static IResult List(HttpContext context, ILessons lessons)
    {
        var caller = Caller.Of(context);
        return Results.Ok(lessons.List().Where(lesson => caller.Covers(lesson.Id)).Select(LessonView.From).ToList());
    }

    private static IResult Get(string lesson, HttpContext context, ILessons lessons)
    {
        if (lessons.Find(lesson) is not { } found)
            return Problem.NoLesson(lesson);
        var view = LessonView.From(found.Snapshot);
        var caller = Caller.Of(context);
        return Results.Ok(caller.Role == Role.Student ? view.For(caller.Id) : view);
    }

    private static async Task<IResult> EndAsync(string lesson, ILessons lessons)
    {
        if (lessons.Find(lesson) is not { } found)
            return Problem.NoLesson(lesson);
        await found.EndAsync();
        return Results.NoContent();
    }
}

/// <summary>The body of POST /lessons; every field may be left out.</summary>
internal sealed record NewLesson(string? Id = null, string? Teacher = null, IReadOnlyDictionary<string, string>? Metadata = null, bool Record = true);
