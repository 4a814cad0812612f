using System.Text;
using Ttm.Server.Api.Media;
using Ttm.Server.Auth;
using Ttm.Server.Configuration;
using Ttm.Server.Operations;
using Ttm.Sfu.Lessons;
using Ttm.Sfu.Media;

namespace Ttm.Server.Api.Network;

/// <summary>What the page <c>/network</c> calls to find out which ways in a network lets through. Nothing here makes a lesson or a recording.</summary>
internal static class NetworkEndpoints
{
    public static void MapNetwork(this IEndpointRouteBuilder api)
    {
        var network = api.MapGroup("/network").WithTags("Network");
        network.MapGet("", Get).Allow(Role.Teacher, Role.Student, Role.Network)
            .WithSummary("The ways in that this server offers")
            .Produces<NetworkView>().Fails();
        network.MapPost("/connection", ConnectAsync).Allow(Role.Teacher, Role.Student, Role.Network)
            .WithSummary("Try a connection: an offer for an answer")
            .WithDescription("As WHEP, but of no lesson: silence is sent, and after 20 seconds the connection closes by itself.")
            .Takes<string>("v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\n…", MediaTypes.Sdp).Produces<string>(200, MediaTypes.Sdp).Fails(400, 413, 415, 422, 503);
        network.MapGet("/events", TickAsync).Allow(Role.Teacher, Role.Student, Role.Network)
            .WithSummary("Try Server-Sent Events: a few, half a second apart")
            .Produces(200, contentType: "text/event-stream").Fails();
        network.MapPost("/links", CreateLink).Allow()
            .WithSummary("A link to the page that tests a school's network")
            .WithDescription("For the school's administrator: it needs no login, can do nothing else, and expires after 24 hours.")
            .Produces<NetworkLink>(201).Fails(403);
    }

    private static IResult Get(HttpContext context, IceServers ice, IServiceProvider services)
    {
        context.Response.Headers.CacheControl = "no-store";
        var media = services.GetRequiredService<MediaPort>();
        return Results.Ok(new NetworkView(
            context.Request.Host.Host,
            [.. media.Addresses.Select(address => address.ToIPEndPoint().Address.ToString()).Distinct()],
            media.Port,
            [.. media.TcpAddresses.Select(address => (int)address.Port).Distinct()],
            ice.For(context, Caller.Of(context))));
    }

    private static async Task<IResult> ConnectAsync(HttpContext context, Readiness readiness, IServiceProvider services)
    {
        if (!Bodies.HasType(context.Request, MediaTypes.Sdp))
            return new Problem(StatusCodes.Status415UnsupportedMediaType, $"Send the offer with Content-Type: {MediaTypes.Sdp}.");
        if (await Bodies.ReadAsync(context.Request) is not { } body)
            return Problem.TooLarge();
        var offer = Encoding.UTF8.GetString(body.Span);
        if (OfferCheck.Flaw(offer) is { } flaw)
            return flaw;
        if (readiness.IsStopping && readiness.Refusal() is { } draining)
            return draining;
        var result = await services.GetRequiredService<TrialConnections>().ConnectAsync(offer);
        context.Response.Headers.CacheControl = "no-store";
        return result.Succeeded ? Results.Text(result.Value, MediaTypes.Sdp) : result.ToProblem();
    }

    private static async Task<IResult> TickAsync(HttpContext context, TimeProvider clock)
    {
        await new TrialEvents(context.Response, clock).RunAsync(context.RequestAborted);
        return Results.Empty;
    }

    private static IResult CreateLink(HttpContext context, AuthOptions auth, TimeProvider clock)
    {
        var (key, secret) = auth.Keys.First();
        var link = new NetworkLinks(new TokenMinter(key, secret, clock), clock)
            .Create($"{context.Request.Scheme}://{context.Request.Host}{context.Request.PathBase}", NetworkLinks.DefaultLifetime);
        context.Response.Headers.CacheControl = "no-store";
        return Results.Json(link, statusCode: StatusCodes.Status201Created);
    }
}
