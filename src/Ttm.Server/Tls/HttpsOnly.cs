using Microsoft.Extensions.FileProviders;
using Ttm.Server.Configuration;

namespace Ttm.Server.Tls;

/// <summary>
/// Where there is HTTPS, plain HTTP is but the way to it: redirect (308, so that a POST stays one) and HSTS. Left on HTTP are the challenges of certificate
/// authorities and what the machine's own watchers ask for.
/// </summary>
internal static class HttpsOnly
{
    /// <summary>RFC 8555 section 8.3.</summary>
    public const string ChallengePath = "/.well-known/acme-challenge";

    private static readonly TimeSpan HstsAge = TimeSpan.FromDays(365);
    private static readonly string[] Plain = ["/healthz", "/readyz", "/metrics"];

    public static void AddHttpsOnly(this IServiceCollection services)
    {
        services.AddHttpsRedirection(options => options.RedirectStatusCode = StatusCodes.Status308PermanentRedirect);
        services.AddHsts(options => options.MaxAge = HstsAge);
    }

    public static void UseHttpsOnly(this WebApplication app)
    {
        var http = app.Services.GetRequiredService<HttpOptions>();
        if (http.AcmeWebroot is { } webroot)
            app.UseChallenges(webroot);
        if (app.Environment.IsDevelopment() || !http.RedirectToHttps)
            return;
        app.UseHsts();
        app.UseWhen(context => !context.Request.IsHttps && !Array.Exists(Plain, path => context.Request.Path.Equals(path, StringComparison.Ordinal)), branch => branch.UseHttpsRedirection());
    }

    private static void UseChallenges(this WebApplication app, string webroot)
    {
        var directory = Path.Join(Path.GetFullPath(webroot), ChallengePath);
        try
        {
            Directory.CreateDirectory(directory);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw StartException.Setting("Http:AcmeWebroot", webroot, $"it cannot be used ({exception.Message}); make {directory} and let the server's user read it");
        }

        app.UseStaticFiles(new StaticFileOptions
        {
            FileProvider = new PhysicalFileProvider(directory),
            RequestPath = ChallengePath,
            ServeUnknownFileTypes = true,
            DefaultContentType = "application/octet-stream",
        });
    }
}
