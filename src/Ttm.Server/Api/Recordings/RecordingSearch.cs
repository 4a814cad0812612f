using Ttm.Recorder.Recordings;
using Ttm.Server.Auth;
using Ttm.Server.Recordings;

namespace Ttm.Server.Api.Recordings;

/// <summary>Finds recordings over all lessons, for a supervisor.</summary>
internal static class RecordingSearch
{
    private const int UsualLimit = 50;
    private const int MaximumLimit = 500;

    public static void MapRecordingSearch(this IEndpointRouteBuilder api) =>
        api.MapGet("/recordings", Find).Allow()
            .WithTags("Supervision")
            .WithSummary("Find recordings")
            .WithDescription("Newest first, of all lessons, with a service token. Parameters, each may be left out: lesson, teacher, student, status; date (a day of UTC) or from (inclusive) and to (exclusive), by the recording's beginning; limit (1 to 500, else 50); after: the answer's next, for the next page.")
            .Takes("lesson", "teacher", "student", "status", "date", "from", "to", "limit", "after")
            .Produces<FoundRecordings>().Fails(400, 403);

    private static IResult Find(HttpContext context, IRecordings recordings)
    {
        var query = new QueryReader(context.Request.Query);
        var day = query.Day("date");
        var from = query.Time("from");
        var to = query.Time("to");
        if (day is not null && (from ?? to) is not null)
            query.Refuse("Give either \"date\" or \"from\" and \"to\".");
        var wanted = new RecordingQuery
        {
            Lesson = query.Id("lesson"),
            Teacher = query.Id("teacher"),
            Student = query.Id("student"),
            Status = query.OneOf<RecordingStatus>("status"),
            From = day ?? from,
            To = day is { } midnight ? midnight.AddDays(1) : to,
            After = query.Id("after"),
            Limit = query.Number("limit", UsualLimit, 1, MaximumLimit),
        };
        if (query.Flaw is { } flaw)
            return flaw;

        // One more tells whether there is another page.
        var found = recordings.Search(wanted with { Limit = wanted.Limit + 1 });
        var page = found.Take(wanted.Limit).ToList();
        return Results.Ok(new FoundRecordings(page, found.Count > page.Count ? page[^1].Id : null));
    }

    /// <param name="Next">For the parameter <c>after</c> of the next page; null where this is the last.</param>
    private sealed record FoundRecordings(IReadOnlyList<Recording> Recordings, string? Next);
}
