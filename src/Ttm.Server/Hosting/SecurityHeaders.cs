namespace Ttm.Server.Hosting;

/// <summary>
/// Headers for every answer. The pages may load nothing from elsewhere and run no inline script; only audio may come from the object
/// store, to which the server redirects.
/// </summary>
/// <param name="audioOrigins">CSP sources of the object store, or empty.</param>
internal sealed class SecurityHeaders(RequestDelegate next, AudioOrigins audioOrigins, IHostEnvironment environment)
{
    // The API's reader, a developer's alone, has inline script and style of its own.
    private const string ReaderPolicy = "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; frame-ancestors 'none'";

    private readonly string _policy =
        "default-src 'self'; connect-src 'self'; media-src 'self' blob: data:" + string.Concat(audioOrigins.Sources.Select(source => " " + source))
        + "; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    public Task InvokeAsync(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = environment.IsDevelopment() && context.Request.Path.StartsWithSegments(ApiDocument.ReaderPath) ? ReaderPolicy : _policy;
        headers["Permissions-Policy"] = "microphone=(self), camera=(), geolocation=()";
        headers["Referrer-Policy"] = "no-referrer";
        headers.XContentTypeOptions = "nosniff";
        return next(context);
    }
}
