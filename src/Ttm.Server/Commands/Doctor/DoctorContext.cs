using System.Net;
using Ttm.Server.Configuration;

namespace Ttm.Server.Commands.Doctor;

/// <summary>What is examined: a configuration, and whether a server runs with it already.</summary>
/// <param name="StunServer"><c>host:port</c> of somebody who tells by which address this machine is seen; null to ask nobody.</param>
internal sealed record DoctorContext(ServerSettings Settings, IConfiguration Configuration, IReadOnlyList<BindingAddress> Endpoints, bool IsRunning, string? StunServer)
{
    public static async Task<DoctorContext> FindAsync(ServerSettings settings, IConfiguration configuration, string? stunServer, CancellationToken cancellation)
    {
        var urls = configuration.GetSection("Kestrel:Endpoints").GetChildren().Select(endpoint => endpoint["Url"]).Concat(settings.Http.Urls);
        if (settings.Http.Urls.Count == 0)
            urls = urls.Concat((configuration["urls"] ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        BindingAddress[] endpoints = [.. urls.OfType<string>().Select(BindingAddress.Parse).DistinctBy(address => (address.Host, address.Port))];
        return new(settings, configuration, endpoints, await IsAliveAsync(endpoints, cancellation), stunServer);
    }

    /// <summary>The name and the addresses by which browsers come.</summary>
    public IEnumerable<string> Names =>
        (Settings.Http.Domain is { } domain ? [domain] : Enumerable.Empty<string>()).Concat(Settings.Media.PublicAddresses.Select(address => address.ToString()));

    private static async Task<bool> IsAliveAsync(IEnumerable<BindingAddress> endpoints, CancellationToken cancellation)
    {
        // It is asked for being there, not for its name.
        using var handler = new HttpClientHandler { AllowAutoRedirect = false, ServerCertificateCustomValidationCallback = HttpClientHandler.DangerousAcceptAnyServerCertificateValidator };
        using var client = new HttpClient(handler) { Timeout = TimeSpan.FromSeconds(3) };
        foreach (var endpoint in endpoints)
        {
            try
            {
                using var answer = await client.GetAsync(new Uri($"{endpoint.Scheme}://{Local(endpoint)}:{endpoint.Port}/healthz"), cancellation);
                if (answer.IsSuccessStatusCode && (await answer.Content.ReadAsStringAsync(cancellation)).Contains("alive", StringComparison.Ordinal))
                    return true;
            }
            catch (Exception exception) when (exception is HttpRequestException or UriFormatException or TaskCanceledException)
            {
                // Nobody, or somebody else.
            }
        }

        return false;
    }

    private static string Local(BindingAddress endpoint) =>
        IPAddress.TryParse(endpoint.Host.Trim('[', ']'), out var address) && !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any) ? endpoint.Host : "localhost";
}
