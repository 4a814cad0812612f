using Ttm.Recorder.Recordings;
using Ttm.Server.Auth;
using Ttm.Server.Recordings;

namespace Ttm.Server.Api.Recordings;

/// <summary>
/// Deletes a recording, for good. The reason may come in the query, since the content of a DELETE has no defined meaning (RFC 9110 section 9.3.5) and some
/// clients and proxies drop it, or in a JSON body, where no proxy logs it.
/// </summary>
internal static class RecordingDeletion
{
    private const int MaximumReason = 1000;
    private const string NoReason = "none given";
    private static readonly TimeSpan RetryWhenNotYet = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan RetryWhenRefused = TimeSpan.FromSeconds(10);

    public static void MapRecordingDeletion(this IEndpointRouteBuilder recordings) =>
        recordings.MapDelete("/recordings/{recording}", DeleteAsync).Allow()
            .WithSummary("Delete a recording for good")
            .WithDescription(
                "Removes the MP3 from the object store and the spool, and its sound from the whole lesson's MP3. What stays in the lesson's manifest is a tombstone: when, by whom (the token's sub) and "
                + "why: \"reason\", in the JSON body or in the query. 204 when the sound is gone, 202 when the store does not answer yet: then it goes as soon as it does, over restarts too. "
                + "Deleting a deleted one changes nothing. 409 while it is being recorded or encoded.")
            .Takes<Deletion>("""{"reason":"the parents asked for it"}""", isRequired: false)
            .Produces(202).Produces(204).Fails(400, 403, 404, 409, 413, 415, 503);

    private static async Task<IResult> DeleteAsync(string recording, string? reason, HttpContext context, IRecordings recordings)
    {
        var body = await JsonBody.ReadAsync(context.Request, mayBeEmpty: true);
        var why = body.OptionalText("reason", 1, MaximumReason) ?? reason;
        if (body.Flaw is { } flaw)
            return flaw;
        if (why is { Length: > MaximumReason })
            return Problem.BadRequest($"The query parameter \"reason\" must have at most {MaximumReason} characters; it has {why.Length}.");
        try
        {
            var by = Caller.Of(context).Id;
            return await recordings.DeleteAsync(recording, by, string.IsNullOrWhiteSpace(why) ? NoReason : why, context.RequestAborted) switch
            {
                DeletionOutcome.Deleted => Results.NoContent(),
                DeletionOutcome.Pending => Results.Accepted(),
                DeletionOutcome.NotYet => NotYet(recordings.Find(recording)?.Status),
                _ => Problem.NotFound($"There is no recording {recording}."),
            };
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return Problem.Unavailable("The spool's disk does not take the tombstone, so nothing was deleted. Try again.", RetryWhenRefused);
        }
    }

    private static Problem NotYet(RecordingStatus? status) => status == RecordingStatus.Recording
        ? Problem.Conflict("This is being recorded now: it can be deleted after the next switch.")
        : new Problem(StatusCodes.Status409Conflict, "Its MP3 is being made: it can be deleted in a moment.")
        {
            Headers = new Dictionary<string, string> { ["Retry-After"] = $"{(int)RetryWhenNotYet.TotalSeconds}" },
        };
}

/// <summary>The body of a deletion.</summary>
internal sealed record Deletion(string? Reason);
