using System.Text;
using Ttm.Server.Auth;
using Ttm.Server.Operations;
using Ttm.Sfu.Lessons;

namespace Ttm.Server.Api.Media;

/// <summary>WHIP (RFC 9725) and WHEP: an offer for an answer. GET has an answer without content, as the RFC asks; PUT is a 405.</summary>
internal static class MediaEndpoints
{
    public static void MapMedia(this IEndpointRouteBuilder routes)
    {
        var media = routes.MapGroup("").WithTags("Media");
        MapPair(media, "whip", Role.Teacher, "Publish: a teacher's offer", "Creates the lesson where none is live. The same teacher again replaces the old connection; another teacher is a 409, and so is a recorded lesson for a token that says \"record\": false.");
        MapPair(media, "whep", Role.Student, "Listen: a student's offer", "May come before the teacher: the lesson is created, so that being selected later costs no set-up time.");
    }

    private static void MapPair(RouteGroupBuilder media, string kind, Role role, string summary, string description)
    {
        var isTeacher = role == Role.Teacher;
        media.MapPost($"/{kind}/{{lesson}}", (string lesson, HttpContext context, ILessons lessons, Readiness readiness, IceServers ice) =>
                ConnectAsync(lesson, isTeacher, context, lessons, readiness, ice))
            .RequireAuthorization().Allow(role).WithSummary(summary).WithDescription(description)
            .Takes<string>("v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\n…", MediaTypes.Sdp).Produces<string>(201, MediaTypes.Sdp).Fails(400, 403, 404, 406, 409, 413, 415, 422, 503);
        media.MapMethods($"/{kind}/{{lesson}}", [HttpMethods.Options], (string lesson, HttpContext context, IceServers ice) => Options(lesson, context, ice, "Accept-Post", MediaTypes.Sdp))
            .WithSummary("CORS, and the ICE servers when authorised").Produces(200);
        media.MapMethods($"/{kind}/{{lesson}}/{{session}}", [HttpMethods.Options], (string lesson, string session, HttpContext context, IceServers ice) => Options(lesson, context, ice, "Accept-Patch", MediaTypes.Fragment))
            .WithSummary("CORS, and the ICE servers when authorised").Produces(200);
        media.MapMethods($"/{kind}/{{lesson}}", [HttpMethods.Get, HttpMethods.Head], (string lesson) => Results.NoContent()).ExcludeFromDescription();
        media.MapSession(kind, role);
    }

    private static IResult Options(string lesson, HttpContext context, IceServers ice, string accept, string mediaType)
    {
        context.Response.Headers[accept] = mediaType;
        if (Caller.OrNull(context) is { } caller && caller.Covers(lesson))
            ice.AddLinks(context, caller);
        return Results.Ok();
    }

    private static async Task<IResult> ConnectAsync(string lesson, bool isTeacher, HttpContext context, ILessons lessons, Readiness readiness, IceServers ice)
    {
        var request = context.Request;
        var caller = Caller.Of(context);
        if (!Ids.IsValid(caller.Id))
            return Problem.Forbidden($"The token's sub must be an id to connect by: {Ids.Rule}");
        if (!Bodies.HasType(request, MediaTypes.Sdp))
        {
            context.Response.Headers["Accept-Post"] = MediaTypes.Sdp;
            return new Problem(StatusCodes.Status415UnsupportedMediaType, $"Send the offer with Content-Type: {MediaTypes.Sdp}.");
        }

        if (!Bodies.Accepts(request, MediaTypes.Sdp))
            return new Problem(StatusCodes.Status406NotAcceptable, $"The answer is {MediaTypes.Sdp}, which the request's Accept header excludes.");
        if (await Bodies.ReadAsync(request) is not { } body)
            return Problem.TooLarge();
        var offer = Encoding.UTF8.GetString(body.Span);
        if (OfferCheck.Flaw(offer) is { } flaw)
            return flaw;
        if (readiness.IsStopping && readiness.RefuseLesson() is { } stopping)
            return stopping;
        var participant = isTeacher && caller.Role == Role.Service ? TeacherOf(lesson, lessons) ?? caller.Id : caller.Id;
        LessonResult<SessionAccepted> result;
        var attempt = 0;
        do
        {
            var (opened, problem) = Open(lesson, isTeacher ? participant : null, offer, caller, lessons, readiness);
            if (opened is null)
                return problem!;
            if (opened.Snapshot.IsRecorded && !caller.Records)
                return Problem.Conflict($"Lesson {lesson} is recorded, and this token says that it must not be. End it, and give all its tokens the claim \"record\": false.");
            result = isTeacher
                ? await opened.ConnectTeacherAsync(participant, offer)
                : await opened.ConnectStudentAsync(participant, offer);
        }
        while (isTeacher && result.Failure == LessonFailure.LessonNotFound && attempt++ == 0); // It was about to end: the next one is a new one.
        if (!result.Succeeded)
            return result.ToProblem();
        ice.AddLinks(context, caller);
        return Accepted(context, result.Value!);
    }

    // A service publishes in the name of the lesson's teacher: it may do everything, and is not a second teacher.
    private static string? TeacherOf(string lesson, ILessons lessons) =>
        lessons.Find(lesson)?.Snapshot is { State: LessonState.Live, Teacher: { } teacher } ? teacher.Id : null;

    /// <summary>
    /// The live lesson, made where there is none and the offer can be served. A student does not bring an ended one back: its page, trying to reconnect, would keep
    /// lessons alive that the application has ended. One that was not recorded is not recorded when it comes again: only POST /lessons says otherwise.
    /// </summary>
    private static (ILesson? Lesson, Problem? Problem) Open(string lesson, string? teacher, string offer, Caller caller, ILessons lessons, Readiness readiness)
    {
        var found = lessons.Find(lesson);
        if (found is not null && found.Snapshot.State == LessonState.Live)
            return (found, null);
        if (found is not null && teacher is null)
            return (null, Problem.NotFound($"Lesson {lesson} has ended."));
        if (readiness.RefuseLesson() is { } refusal)
            return (null, refusal);
        if (lessons.CheckOffer(offer, teacher is not null) is { Succeeded: false } flawed)
            return (null, flawed.ToProblem());
        var created = lessons.Create(lesson, teacher, new Dictionary<string, string>(), caller.Records && found?.Snapshot.IsRecorded != false);
        if (created.Failure == LessonFailure.LessonIsLive && lessons.Find(lesson) is { } other)
            return (other, null);
        return created.Succeeded ? (created.Value, null) : (null, created.ToProblem());
    }

    private static IResult Accepted(HttpContext context, SessionAccepted session)
    {
        var response = context.Response;
        response.StatusCode = StatusCodes.Status201Created;
        response.Headers.Location = $"{context.Request.PathBase}{context.Request.Path.Value!.TrimEnd('/')}/{session.Session}";
        response.Headers.ETag = EntityTags.Quote(session.ETag);
        response.Headers["Accept-Patch"] = MediaTypes.Fragment;
        response.Headers.CacheControl = "no-store";
        return Results.Text(session.Answer, MediaTypes.Sdp, statusCode: StatusCodes.Status201Created);
    }
}
