using System.Net.Security;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Ttm.Net.Tcp;
using Ttm.Server.Configuration;
using Ttm.Server.Tls;

namespace Ttm.Server.Turn;

/// <summary>
/// HTTP's ports are TURN's and ICE-TCP's too: the first bytes of a connection tell them apart, and those of a TLS connection again, when they
/// are decrypted. Kestrel's pipeline for a connection is: entrance, TLS, entrance, HTTP.
/// </summary>
internal static class SharedPorts
{
    // RFC 7443.
    private static readonly SslApplicationProtocol StunTurn = new("stun.turn");

    /// <summary>
    /// Listens where <c>Http:Urls</c> or <c>ASPNETCORE_URLS</c> say. Kestrel lets nobody behind the TLS of such a URL, but does so of a
    /// configured endpoint: so HTTPS URLs become one. So do all of <c>Http:Urls</c> where there are endpoints besides: Kestrel would pass them over.
    /// </summary>
    public static void UseSharedPorts(this WebApplicationBuilder builder, Settings settings, HttpOptions http)
    {
        var urls = http.Urls.Count > 0 ? http.Urls : settings.List("urls");
        var hasEndpoints = settings.Has("Kestrel:Endpoints");
        if (hasEndpoints ? http.Urls.Count > 0 : urls.Any(url => url.StartsWith("https:", StringComparison.OrdinalIgnoreCase)))
        {
            builder.Configuration.AddInMemoryCollection(
                urls.Select((url, index) => KeyValuePair.Create($"Kestrel:Endpoints:Url{index}:Url", (string?)url)));
            builder.WebHost.UseUrls();
        }
        else if (http.Urls.Count > 0)
        {
            builder.WebHost.UseUrls([.. http.Urls]);
        }

        builder.Services.AddSingleton<StreamEntrance>();
        builder.WebHost.ConfigureKestrel(kestrel => Configure(kestrel, builder.Configuration.GetSection("Kestrel")));
    }

    private static void Configure(KestrelServerOptions kestrel, IConfigurationSection section)
    {
        var entrance = kestrel.ApplicationServices.GetRequiredService<StreamEntrance>();
        kestrel.ConfigureEndpointDefaults(listen => listen.Use(next => connection => EnterAsync(entrance, connection, isTls: false, next)));

        // Not reloaded by Kestrel, which would close all connections of a port for a new certificate; ReloadedCertificate closes none.
        var loader = kestrel.Configure(section, reloadOnChange: false);
        foreach (var endpoint in section.GetSection("Endpoints").GetChildren())
            loader.Endpoint(endpoint.Key, configuration => Secure(configuration, section, entrance, kestrel.ApplicationServices));
    }

    private static void Secure(EndpointConfiguration endpoint, IConfigurationSection section, StreamEntrance entrance, IServiceProvider services)
    {
        // Without a certificate Kestrel says itself what is wrong.
        if (!endpoint.IsHttps || endpoint.HttpsOptions is { ServerCertificate: null, ServerCertificateSelector: null })
            return;
        var certificate = FindFiles(endpoint.ConfigSection.GetSection("Certificate"), section.GetSection("Certificates:Default"), services);
        endpoint.HttpsOptions.OnAuthenticate = (_, options) =>
        {
            if (certificate?.Current() is { } current)
                options.ServerCertificateContext = current;
            TlsPolicy.Apply(options);
            options.ApplicationProtocols?.Add(StunTurn);
        };
        endpoint.ListenOptions.UseHttps(endpoint.HttpsOptions);
        endpoint.ListenOptions.Use(next => connection => EnterAsync(entrance, connection, isTls: true, next));
    }

    // Other kinds of certificate (PFX, stores, keys with a password) are Kestrel's and stay as they were at the start.
    private static ReloadedCertificate? FindFiles(IConfigurationSection own, IConfigurationSection common, IServiceProvider services)
    {
        var section = own.Exists() ? own : common;
        return section["Path"] is { } path && section["KeyPath"] is { } keyPath && section["Password"] is null
            ? ActivatorUtilities.CreateInstance<ReloadedCertificate>(services, FullPath(path), FullPath(keyPath), services.GetRequiredService<ILogger<ReloadedCertificate>>())
            : null;

        // As Kestrel reads them.
        string FullPath(string file) => Path.Combine(services.GetRequiredService<IHostEnvironment>().ContentRootPath, file);
    }

    private static async Task EnterAsync(StreamEntrance entrance, ConnectionContext connection, bool isTls, ConnectionDelegate next)
    {
        if (await entrance.EnterAsync(connection, isTls) is StreamKind.Http or StreamKind.Tls or StreamKind.Unknown)
            await next(connection);
    }
}
