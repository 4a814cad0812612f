using Ttm.Server.Api;

namespace Ttm.Server.Operations;

/// <summary>For operators and their load balancers; without a token.</summary>
internal static class OperationEndpoints
{
    private static readonly string[] Reading = [HttpMethods.Get, HttpMethods.Head];
    private static readonly TimeSpan RetryWhenUnready = TimeSpan.FromSeconds(5);

    public static void MapOperations(this IEndpointRouteBuilder routes)
    {
        var operations = routes.MapGroup("").WithTags("Operations");
        operations.MapMethods("/healthz", Reading, () => Results.Ok(new Health("alive")))
            .WithSummary("The process is alive").Produces<Health>();
        operations.MapMethods("/readyz", Reading, Ready)
            .WithSummary("The server takes new lessons")
            .WithDescription("503 otherwise, with the reasons in words.")
            .Produces<Health>().Produces<ProblemBody>(503, Problem.ContentType);
        routes.MapPrometheusScrapingEndpoint("/metrics");
    }

    private static IResult Ready(HttpContext context, Readiness readiness)
    {
        context.Response.Headers.CacheControl = "no-store";
        var reasons = readiness.Reasons();
        if (reasons.Count == 0)
            return Results.Ok(new Health("ready"));
        var problem = Problem.Unavailable($"The server takes no new lessons: {string.Join(' ', reasons)}", RetryWhenUnready);
        return new Problem(problem.Status, problem.Title) { Headers = problem.Headers, Reasons = reasons };
    }

    private sealed record Health(string Status);
}
