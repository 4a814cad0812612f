using Ttm.Server.Auth;
using Ttm.Sfu.Lessons;

namespace Ttm.Server.Api.Node;

/// <summary>The flight recorder: what a lesson's connections went through, for who has to find out what went wrong.</summary>
internal static class FlightEndpoints
{
    public static void MapFlights(this IEndpointRouteBuilder api) =>
        api.MapGet("/lessons/{lesson}/flight", GetAsync).Allow()
            .WithTags("Supervision")
            .WithSummary("The last minute of a lesson's connections")
            .WithDescription("For a supervisor, with a service token: each datagram's header-level facts, drops, states, paths and switches of every connection of the lesson, also of those that have ended lately. No sound and no address is in it.")
            .Produces<FlightsView>().Fails(400, 403, 404);

    private static async Task<IResult> GetAsync(string lesson, HttpContext context, ILessons lessons)
    {
        if (lessons.Find(lesson) is not { } found)
            return Problem.NoLesson(lesson);
        context.Response.Headers.CacheControl = "no-store";
        var flights = await found.TakeFlightsAsync();
        return Results.Ok(new FlightsView(lesson, [.. flights.Select(FlightView.From)]));
    }
}
