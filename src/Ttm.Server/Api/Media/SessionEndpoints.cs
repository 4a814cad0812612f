using System.Text;
using Ttm.Server.Auth;
using Ttm.Sfu.Lessons;

namespace Ttm.Server.Api.Media;

/// <summary>The session URL (RFC 9725 section 4.2 and 4.3): trickle and ICE restart by PATCH, the end by DELETE.</summary>
internal static class SessionEndpoints
{
    public static void MapSession(this RouteGroupBuilder media, string kind, Role role)
    {
        var pattern = $"/{kind}/{{lesson}}/{{session}}";
        media.MapPatch(pattern, (string lesson, string session, HttpContext context, ILessons lessons) => PatchAsync(lesson, session, role, context, lessons))
            .RequireAuthorization().Allow(role)
            .WithSummary("Trickle candidates, or restart ICE")
            .WithDescription("204 for candidates, with or without If-Match; with a new ufrag and pwd an ICE restart: 200, the new fragment and ETag.")
            .Takes<string>("a=ice-ufrag:EsAw\r\na=ice-pwd:P2uYro0UCOQ4zxjKXaWCBui1\r\nm=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:0\r\na=candidate:1 1 udp 2130706431 192.0.2.1 61764 typ host\r\na=end-of-candidates\r\n", MediaTypes.Fragment).Produces<string>(200, MediaTypes.Fragment).Produces(204).Fails(400, 403, 404, 406, 412, 413, 415);
        media.MapMethods(pattern, [HttpMethods.Get, HttpMethods.Head], (string lesson, string session, HttpContext context, ILessons lessons) =>
                Find(lesson, session, role, context, lessons).Problem ?? Results.NoContent())
            .RequireAuthorization().Allow(role).ExcludeFromDescription();
        media.MapDelete(pattern, (string lesson, string session, HttpContext context, ILessons lessons) => DeleteAsync(lesson, session, role, context, lessons))
            .RequireAuthorization().Allow(role)
            .WithSummary("Close the connection")
            .Produces(200).Fails(400, 403, 404);
    }

    private static async Task<IResult> PatchAsync(string lesson, string session, Role role, HttpContext context, ILessons lessons)
    {
        var (found, problem) = Find(lesson, session, role, context, lessons);
        if (found is null)
            return problem!;
        var request = context.Request;
        if (!Bodies.HasType(request, MediaTypes.Fragment))
        {
            context.Response.Headers["Accept-Patch"] = MediaTypes.Fragment;
            return new Problem(StatusCodes.Status415UnsupportedMediaType, $"Send the fragment with Content-Type: {MediaTypes.Fragment}.");
        }

        if (!Bodies.Accepts(request, MediaTypes.Fragment))
            return new Problem(StatusCodes.Status406NotAcceptable, $"The answer is {MediaTypes.Fragment}, which the request's Accept header excludes.");
        if (await Bodies.ReadAsync(request) is not { } body)
            return Problem.TooLarge();
        var result = await PatchAsync(found, session, Encoding.UTF8.GetString(body.Span), EntityTags.IfMatch(request));
        return result.Succeeded ? Patched(context, result.Value!) : result.ToProblem();
    }

    // If-Match is a list: it holds when one of its tags does, and a tag that does not match changes nothing.
    private static async Task<LessonResult<SessionPatched>> PatchAsync(ILesson lesson, string session, string fragment, IReadOnlyList<string>? tags)
    {
        if (tags is null)
            return await lesson.PatchAsync(session, fragment, ifMatch: null);
        var result = LessonResult.Fail<SessionPatched>(LessonFailure.StaleETag, "If-Match names no ICE generation of this session.");
        foreach (var tag in tags)
        {
            result = await lesson.PatchAsync(session, fragment, tag);
            if (result.Failure != LessonFailure.StaleETag)
                break;
        }

        return result;
    }

    private static IResult Patched(HttpContext context, SessionPatched patched)
    {
        if (!patched.Restarted)
            return Results.NoContent();
        context.Response.Headers.ETag = EntityTags.Quote(patched.ETag);
        context.Response.Headers.CacheControl = "no-store";
        return Results.Text(patched.Fragment, MediaTypes.Fragment);
    }

    private static async Task<IResult> DeleteAsync(string lesson, string session, Role role, HttpContext context, ILessons lessons)
    {
        var (found, problem) = Find(lesson, session, role, context, lessons);
        if (found is null)
            return problem!;
        return await found.DisconnectAsync(session) ? Results.Ok() : NoSession();
    }

    private static (ILesson? Lesson, Problem? Problem) Find(string lesson, string session, Role role, HttpContext context, ILessons lessons)
    {
        if (lessons.Find(lesson) is not { } found)
            return (null, Problem.NoLesson(lesson));
        if (found.FindSession(session) is not { } owner || owner.IsTeacher != (role == Role.Teacher))
            return (null, NoSession());
        var caller = Caller.Of(context);
        return caller.Role == Role.Service || owner.Participant == caller.Id
            ? (found, null)
            : (null, Problem.Forbidden("This session is somebody else's."));
    }

    private static Problem NoSession() => Problem.NotFound("There is no such session: it was closed or replaced.");
}
