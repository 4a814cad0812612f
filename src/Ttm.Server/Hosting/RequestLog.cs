namespace Ttm.Server.Hosting;

/// <summary>
/// One line per request: the route, not the URL, for a URL may hold a token or a session's name. The framework's own line, which has the
/// whole URL, is switched off in <see cref="LoggingSetup"/>.
/// </summary>
internal sealed partial class RequestLog(RequestDelegate next, TimeProvider clock, ILogger<RequestLog> logger)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var started = clock.GetTimestamp();
        try
        {
            await next(context);
        }
        finally
        {
            Log(context, clock.GetElapsedTime(started));
        }
    }

    private void Log(HttpContext context, TimeSpan elapsed)
    {
        var route = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "(no route)";
        var level = context.Response.StatusCode >= StatusCodes.Status500InternalServerError ? LogLevel.Error
            : route.StartsWith('/') && !IsPolled(route) ? LogLevel.Information
            : LogLevel.Debug;
        if (!logger.IsEnabled(level))
            return;
        var lesson = context.GetRouteValue("lesson") as string ?? "-";
        LogRequest(logger, level, context.Request.Method, route, lesson, context.Response.StatusCode, elapsed.TotalMilliseconds);
    }

    private static bool IsPolled(string route) => route is "/healthz" or "/readyz" or "/metrics";

    [LoggerMessage(EventId = 1, Message = "{Method} {Route} of lesson {Lesson}: {Status} in {Milliseconds:F1} ms")]
    private static partial void LogRequest(ILogger logger, LogLevel level, string method, string route, string lesson, int status, double milliseconds);
}
