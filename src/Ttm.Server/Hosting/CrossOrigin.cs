using Microsoft.AspNetCore.Cors.Infrastructure;
using Ttm.Server.Configuration;

namespace Ttm.Server.Hosting;

/// <summary>
/// CORS for the API. A preflight of a media endpoint goes on to the endpoint, for RFC 9725 section 4.2 wants Accept-Post and, when
/// authorised, the ICE servers in the answer to any OPTIONS.
/// </summary>
internal sealed class CrossOrigin(RequestDelegate next, ICorsService cors, HttpOptions options)
{
    private static readonly PathString[] Open = ["/api", "/whip", "/whep", "/openapi", "/healthz", "/readyz"];
    private static readonly string[] Methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
    private static readonly string[] Exposed =
        ["Location", "ETag", "Link", "Accept-Patch", "Accept-Post", "Retry-After", "WWW-Authenticate", "Content-Range", "Accept-Ranges", "Content-Disposition"];

    private readonly CorsPolicy _policy = Policy(options);

    public Task InvokeAsync(HttpContext context)
    {
        var request = context.Request;
        if (!Array.Exists(Open, prefix => request.Path.StartsWithSegments(prefix)))
            return next(context);
        if (!_policy.AllowAnyOrigin)
            context.Response.Headers.Append("Vary", "Origin");
        if (!request.Headers.ContainsKey("Origin"))
            return next(context);
        var result = cors.EvaluatePolicy(context, _policy);
        cors.ApplyResult(result, context.Response);
        if (result.IsPreflightRequest && !IsMapped(context))
        {
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return Task.CompletedTask;
        }

        return next(context);
    }

    // The routing's own answer to a wrong method has no route pattern.
    private static bool IsMapped(HttpContext context) => context.GetEndpoint() is RouteEndpoint;

    private static CorsPolicy Policy(HttpOptions options)
    {
        var builder = new CorsPolicyBuilder().AllowAnyHeader().WithMethods(Methods).WithExposedHeaders(Exposed).SetPreflightMaxAge(TimeSpan.FromHours(2));
        return (options.CorsOrigins.Count == 0 ? builder.AllowAnyOrigin() : builder.WithOrigins([.. options.CorsOrigins])).Build();
    }
}
