namespace Ttm.Server.Api;

/// <summary>
/// Gives every error answer that has no body yet (unknown route, wrong method, refused token, a throw) the shape of RFC 9457.
/// A throw is a 500 that tells the caller nothing but that it is ours.
/// </summary>
internal sealed partial class ProblemPages(RequestDelegate next, ILogger<ProblemPages> logger)
{
    private static readonly object TitleKey = new();

    /// <summary>A better title than the status's own, for an answer that somebody else writes.</summary>
    public static void SetTitle(HttpContext context, string title) => context.Items[TitleKey] = title;

    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            return;
        }
        catch (BadHttpRequestException exception) when (!context.Response.HasStarted)
        {
            Reset(context);
            await new Problem(exception.StatusCode, "The request is not well-formed HTTP, or its body broke off.").ExecuteAsync(context);
            return;
        }
        catch (Exception exception) when (!context.Response.HasStarted)
        {
            LogFault(logger, exception, context.Request.Method, context.GetEndpoint()?.DisplayName);
            Reset(context);
            await new Problem(StatusCodes.Status500InternalServerError, "The server failed to handle this request; the cause is in its log.")
                .ExecuteAsync(context);
            return;
        }

        var response = context.Response;
        if (response.StatusCode >= StatusCodes.Status400BadRequest && !response.HasStarted && response.ContentLength is null or 0)
            await new Problem(response.StatusCode, context.Items[TitleKey] as string ?? TitleOf(context)).ExecuteAsync(context);
    }

    private static void Reset(HttpContext context)
    {
        var headers = context.Response.Headers.Where(header => header.Key.StartsWith("Access-Control-", StringComparison.Ordinal)).ToList();
        context.Response.Clear();
        foreach (var (name, value) in headers)
            context.Response.Headers[name] = value;
    }

    private static string TitleOf(HttpContext context) => context.Response.StatusCode switch
    {
        StatusCodes.Status401Unauthorized => "This needs a valid token.",
        StatusCodes.Status403Forbidden => "This token may not do this.",
        StatusCodes.Status404NotFound => $"There is nothing at {context.Request.Path}.",
        StatusCodes.Status405MethodNotAllowed => $"{context.Request.Method} is not possible here: use {context.Response.Headers.Allow}.",
        StatusCodes.Status413PayloadTooLarge => Problem.TooLarge().Title,
        StatusCodes.Status415UnsupportedMediaType => "The body's Content-Type is not one this takes.",
        StatusCodes.Status416RangeNotSatisfiable => "The Range lies outside of the recording.",
        var status => Microsoft.AspNetCore.WebUtilities.ReasonPhrases.GetReasonPhrase(status),
    };

    [LoggerMessage(EventId = 1, Level = LogLevel.Error, Message = "{Method} {Endpoint} failed")]
    private static partial void LogFault(ILogger logger, Exception exception, string method, string? endpoint);
}
