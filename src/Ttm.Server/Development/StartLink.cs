using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Ttm.Server.Development;

/// <summary>Prints, in Development, the link to open.</summary>
internal static class StartLink
{
    public static void PrintOnStart(WebApplication app, TextWriter output) => app.Lifetime.ApplicationStarted.Register(() =>
    {
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
        foreach (var address in addresses)
            output.WriteLine($"Open {Reachable(address)}/ to make a lesson and talk.");
    });

    // A server that listens everywhere is reached here by localhost.
    private static string Reachable(string address)
    {
        var parsed = BindingAddress.Parse(address);
        var host = parsed.Host is "0.0.0.0" or "[::]" or "*" or "+" ? "localhost" : parsed.Host;
        return $"{parsed.Scheme}://{host}:{parsed.Port}";
    }
}
