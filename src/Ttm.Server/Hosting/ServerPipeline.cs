using Ttm.Server.Api;
using Ttm.Server.Development;
using Ttm.Server.Operations;

namespace Ttm.Server.Hosting;

/// <summary>The way of a request, outermost first.</summary>
internal static class ServerPipeline
{
    public static void UseServer(this WebApplication app)
    {
        app.UseMiddleware<RequestLog>();
        app.UseMiddleware<SecurityHeaders>();
        app.UseMiddleware<ProblemPages>();
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
