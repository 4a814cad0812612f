using Microsoft.Extensions.DependencyInjection.Extensions;
using Ttm.Server.Api;
using Ttm.Server.Auth;
using Ttm.Server.Configuration;
using Ttm.Server.Development;
using Ttm.Server.Operations;
using Ttm.Server.Operations.Admission;
using Ttm.Server.Operations.Draining;
using Ttm.Server.PublicAddress;
using Ttm.Server.Systemd;
using Ttm.Server.Tls;
using Ttm.Server.Turn;
using Ttm.Server.Webhooks;

namespace Ttm.Server.Hosting;

/// <summary>Puts the server together: configuration, services, pipeline. Nothing runs yet when it returns.</summary>
internal static class ServerHost
{
    private const string ApplicationName = "ttm-server";

    /// <param name="adjust">Replaces services and settings (tests).</param>
    /// <exception cref="StartException">A setting is wrong.</exception>
    public static WebApplication Build(string[] args, Action<WebApplicationBuilder>? adjust = null)
    {
        var builder = CreateBuilder(args);
        builder.AddLogs();
        builder.AddSystemdService();
        var isTurnAlone = TurnNodeSetup.IsAskedFor(args);
        if (isTurnAlone)
            builder.AddTurnNode();
        else
            builder.AddServer();
        adjust?.Invoke(builder);
        var app = builder.Build();
        app.LogAllOnceStarted();
        if (isTurnAlone)
            app.UseTurnNode();
        else
            app.UseServer();
        if (app.Environment.IsDevelopment() && !isTurnAlone)
            StartLink.PrintOnStart(app, Console.Out);
        return app;
    }

    // The files that come with the server lie beside it, or where a developer says; relative paths in settings mean the working directory.
    internal static WebApplicationBuilder CreateBuilder(string[] args)
    {
        try
        {
            var builder = WebApplication.CreateBuilder(new WebApplicationOptions
            {
                Args = args,
                ApplicationName = ApplicationName,
                ContentRootPath = Environment.GetEnvironmentVariable("ASPNETCORE_CONTENTROOT") ?? AppContext.BaseDirectory,
            });
            builder.Configuration.AddConfigurationFiles(args);
            return builder;
        }
        catch (Exception exception) when (exception is InvalidDataException or FormatException)
        {
            throw new StartException($"The configuration cannot be read: {exception.Message} {exception.InnerException?.Message}".TrimEnd());
        }
    }

    private static void AddServer(this WebApplicationBuilder builder)
    {
        var (http, auth, media, turn, storage, recording, webhooks, admission, drain) = ServerSettings.Read(builder.Configuration, builder.Environment.IsDevelopment());
        media = PublicAddressFinder.Complete(media, new Settings(builder.Configuration));

        builder.UseSharedPorts(new Settings(builder.Configuration), http);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxConcurrentConnections = http.MaxConnections;
            // The API has its own limit (Bodies). Kestrel's would reset the connection, and with it the 413, before the client has read it.
            kestrel.Limits.MaxRequestBodySize = null;
        });

        var services = builder.Services;
        services.AddSingleton(http).AddSingleton(AudioOrigins.Of(storage));
        services.TryAddSingleton(TimeProvider.System);
        services.AddCors();
        services.AddHttpsOnly();
        services.ConfigureHttpJsonOptions(json => ApiJson.Configure(json.SerializerOptions));
        services.AddTokens(auth);
        services.AddApi();
        services.AddAdmission(admission);
        services.AddDrain(drain);
        services.AddWebhooks(webhooks);
        services.AddRecorder(recording, storage);
        services.AddTurn(turn);
        services.AddLessons(media, recording);
        services.AddTelemetry();
        services.AddApiDocument();
    }
}
