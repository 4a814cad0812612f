using Microsoft.AspNetCore.StaticFiles;

namespace Ttm.Server.Hosting;

/// <summary>The bundled pages. Each load asks whether the file is still the same (ETag). The start page is a developer's alone.</summary>
internal static class StaticPages
{
    // Pages whose links people write down.
    private static readonly string[] WithoutSuffix = ["/network"];
    private static readonly string[] DevelopmentOnly = ["/", "/index.html"];

    public static void UseStaticPages(this WebApplication app)
    {
        var types = new FileExtensionContentTypeProvider();
        types.Mappings[".mjs"] = "text/javascript";
        if (app.Environment.IsDevelopment())
            app.UseDefaultFiles();
        app.Use((context, next) =>
        {
            if (Array.Exists(WithoutSuffix, one => string.Equals(context.Request.Path.Value, one, StringComparison.OrdinalIgnoreCase)))
                context.Request.Path += ".html";
            return next(context);
        });
        app.UseWhen(context => app.Environment.IsDevelopment() || !IsDevelopmentOnly(context.Request.Path), branch => branch.UseStaticFiles(new StaticFileOptions
        {
            ContentTypeProvider = types,
            OnPrepareResponse = prepared => prepared.Context.Response.Headers.CacheControl = "no-cache",
        }));
    }

    private static bool IsDevelopmentOnly(PathString path) =>
        path.StartsWithSegments("/dev") || Array.Exists(DevelopmentOnly, one => string.Equals(path.Value, one, StringComparison.OrdinalIgnoreCase));
}
