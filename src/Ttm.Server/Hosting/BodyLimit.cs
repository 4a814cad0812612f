using Ttm.Server.Api;

namespace Ttm.Server.Hosting;

/// <summary>413 for a body that says it is too large, whether or not the endpoint would read it. One that does not say is cut off while it is read.</summary>
internal sealed class BodyLimit(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context) =>
        context.Request.ContentLength > Bodies.MaximumBytes ? Problem.TooLarge().ExecuteAsync(context) : next(context);
}
