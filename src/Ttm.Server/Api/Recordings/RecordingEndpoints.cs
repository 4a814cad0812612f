using Microsoft.Net.Http.Headers;
using Ttm.Recorder.Recordings;
using Ttm.Server.Auth;
using Ttm.Server.Recordings;
using Ttm.Sfu.Lessons;

namespace Ttm.Server.Api.Recordings;

/// <summary>Recordings and their MP3s. A recording's lesson decides who may have it.</summary>
internal static class RecordingEndpoints
{
    private static readonly TimeSpan RetryWhenStoreIsUnavailable = TimeSpan.FromSeconds(10);

    public static void MapRecordings(this IEndpointRouteBuilder api)
    {
        var recordings = api.MapGroup("").WithTags("Recordings");
        recordings.MapGet("/lessons/{lesson}/recordings", List).Allow(Role.Teacher)
            .WithSummary("List a lesson's recordings")
            .WithDescription("Oldest first.")
            .Produces<IReadOnlyList<Recording>>().Fails(400, 403, 404);
        recordings.MapGet("/recordings/{recording}", Get).Allow(Role.Teacher)
            .WithSummary("Read a recording")
            .Produces<Recording>().Fails(400, 403, 404);
        recordings.MapGet("/recordings/{recording}/audio", GetAudioAsync).Allow(Role.Teacher)
            .WithSummary("The MP3")
            .WithDescription("302 to a presigned URL when stored in S3, else the bytes, with Range. 409 while it is being recorded. Takes the token as access_token too.")
            .Produces(200, contentType: "audio/mpeg").Produces(206, contentType: "audio/mpeg").Produces(302).Fails(400, 403, 404, 409, 416, 503);
        recordings.MapRecordingDeletion();
    }

    private static IResult List(string lesson, ILessons lessons, IRecordings recordings)
    {
        var list = recordings.List(lesson);
        return list.Count == 0 && lessons.Find(lesson) is null ? Problem.NoLesson(lesson) : Results.Ok(list);
    }

    private static IResult Get(string recording, HttpContext context, IRecordings recordings)
    {
        var (found, problem) = Find(recording, context, recordings);
        return problem ?? Results.Ok(found);
    }

    private static async Task<IResult> GetAudioAsync(string recording, HttpContext context, IRecordings recordings)
    {
        var (found, problem) = Find(recording, context, recordings);
        if (found is null)
            return problem!;
        switch (await recordings.OpenAudioAsync(found, context.RequestAborted))
        {
            case RecordingAudio.Redirect redirect:
                context.Response.Headers.CacheControl = "no-store";
                return Results.Redirect(redirect.Url.AbsoluteUri);
            case RecordingAudio.Content content:
                return Bytes(context, found, content.Stream);
            case RecordingAudio.StoreUnavailable unavailable:
                return Problem.Unavailable(unavailable.Reason, RetryWhenStoreIsUnavailable);
            default:
                return Absent(found);
        }
    }

    private static Problem Absent(Recording recording) => recording.Status switch
    {
        RecordingStatus.Recording => Problem.Conflict("This is still being recorded: the MP3 will be available after the next switch."),
        RecordingStatus.Encoding or RecordingStatus.Uploading => Problem.Conflict("The MP3 is still being made: try again in a moment."),
        RecordingStatus.Failed => Problem.NotFound("The recording failed: it has no MP3."),
        _ => Problem.NotFound("The MP3 is no longer in the object store."),
    };

    private static IResult Bytes(HttpContext context, Recording recording, Stream stream)
    {
        context.Response.Headers.CacheControl = "private, no-cache";
        context.Response.Headers.ContentDisposition = $"inline; filename=\"{recording.Lesson}-{recording.Sequence:D4}-{recording.Student}.mp3\"";
        var tag = recording.Sha256 is { } hash ? new EntityTagHeaderValue($"\"{hash}\"") : null;
        return Results.Stream(stream, "audio/mpeg", lastModified: recording.EndedAt, entityTag: tag, enableRangeProcessing: IsInBytes(context.Request.Headers.Range));
    }

    // RFC 9110 section 14.2: a range in another unit is as none.
    private static bool IsInBytes(string? range) => range is null || range.StartsWith("bytes=", StringComparison.OrdinalIgnoreCase);

    private static (Recording? Recording, IResult? Problem) Find(string id, HttpContext context, IRecordings recordings)
    {
        if (recordings.Find(id) is not { } found)
            return (null, Problem.NotFound($"There is no recording {id}."));
        var caller = Caller.Of(context);
        return caller.Covers(found.Lesson) ? (found, null) : (null, Problem.Forbidden($"This token is for lesson {caller.Lesson}, and the recording is another lesson's."));
    }
}
