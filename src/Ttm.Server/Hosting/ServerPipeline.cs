using Ttm.Server.Api;
using Ttm.Server.Auth;
using Ttm.Server.Development;
using Ttm.Server.Operations;
using Ttm.Server.Tls;

namespace Ttm.Server.Hosting;

/// <summary>The way of a request, outermost first.</summary>
internal static class ServerPipeline
{
    public static void UseServer(this WebApplication app)
    {
        // Follows the configuration from now on, and not from the first request.
        _ = app.Services.GetRequiredService<ApiKeys>();
        app.UseMiddleware<RequestLog>();
        app.UseMiddleware<SecurityHeaders>();
        app.UseMiddleware<ProblemPages>();
        app.UseHttpsOnly();
        app.UseStaticPages();
        app.UseRouting();
        app.UseAuthentication();
        app.UseMiddleware<CrossOrigin>();
        app.UseAuthorization();
        app.UseMiddleware<BodyLimit>();

        app.MapApi();
        app.MapOperations();
        app.MapApiDocument();
        if (app.Environment.IsDevelopment())
            app.MapDevelopment();
    }
}
