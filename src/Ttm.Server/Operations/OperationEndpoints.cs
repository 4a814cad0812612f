using Ttm.Server.Api;

namespace Ttm.Server.Operations;

/// <summary>For operators and their load balancers; without a token.</summary>
internal static class OperationEndpoints
{
    private static readonly string[] Reading = [HttpMethods.Get, HttpMethods.Head];

    public static void MapOperations(this IEndpointRouteBuilder routes)
    {
        var operations = routes.MapGroup("").WithTags("Operations");
        operations.MapMethods("/healthz", Reading, () => Results.Ok(new Health("alive")))
            .WithSummary("The process is alive").Produces<Health>();
        operations.MapMethods("/readyz", Reading, Ready)
            .WithSummary("The server takes new lessons")
            .WithDescription("503 otherwise, with the reasons in words. Warnings are what should be mended although lessons go on, such as an object store that does not answer.")
            .Produces<Readied>().Produces<ProblemBody>(503, Problem.ContentType);
        routes.MapPrometheusScrapingEndpoint("/metrics").WithMetadata(new HttpMethodMetadata(Reading));
    }

    private static IResult Ready(HttpContext context, Readiness readiness)
    {
        context.Response.Headers.CacheControl = "no-store";
        return readiness.Refusal() ?? Results.Ok(new Readied("ready", readiness.Warnings()));
    }

    private sealed record Health(string Status);

    /// <param name="Warnings">What an operator should mend although lessons go on.</param>
    private sealed record Readied(string Status, IReadOnlyList<string> Warnings);
}
