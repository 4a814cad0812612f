using Ttm.Sfu.Lessons;

namespace Ttm.Server.Api;

/// <summary>Each failure of the lessons and its status code.</summary>
internal static class LessonProblems
{
    private static readonly TimeSpan RetryWhenFull = TimeSpan.FromSeconds(10);

    public static Problem ToProblem<T>(this LessonResult<T> result)
    {
        var detail = string.IsNullOrWhiteSpace(result.Detail) ? Default(result.Failure) : result.Detail;
        return result.Failure switch
        {
            LessonFailure.LessonNotFound or LessonFailure.SessionNotFound => Problem.NotFound(detail),
            LessonFailure.LessonIsLive or LessonFailure.OtherTeacher or LessonFailure.RosterIsFull => Problem.Conflict(detail),
            LessonFailure.MalformedSdp => Problem.BadRequest(detail),
            LessonFailure.UnacceptableSdp => new(StatusCodes.Status422UnprocessableEntity, detail),
            LessonFailure.StaleETag => new(StatusCodes.Status412PreconditionFailed, detail),
            LessonFailure.Full => Problem.Unavailable(detail, RetryWhenFull),
            _ => throw new InvalidOperationException($"No failure: {result.Failure}."),
        };
    }

    private static string Default(LessonFailure failure) => failure switch
    {
        LessonFailure.LessonNotFound => "There is no such lesson, or it has ended.",
        LessonFailure.SessionNotFound => "There is no such session: it was closed or replaced.",
        LessonFailure.LessonIsLive => "A lesson with this id is already live.",
        LessonFailure.OtherTeacher => "This lesson belongs to another teacher.",
        LessonFailure.RosterIsFull => "The lesson takes no more students.",
        LessonFailure.MalformedSdp => "The SDP cannot be parsed.",
        LessonFailure.UnacceptableSdp => "The offer cannot be served.",
        LessonFailure.StaleETag => "If-Match names an older ICE generation.",
        _ => "The server takes no more.",
    };
}
