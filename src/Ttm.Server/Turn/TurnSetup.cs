using Ttm.Net;
using Ttm.Server.Api.Media;
using Ttm.Server.Operations.Draining;
using Ttm.Sfu.Media;
using Ttm.Turn;

namespace Ttm.Server.Turn;

internal static class TurnSetup
{
    public static void AddTurn(this IServiceCollection services, TurnOptions turn)
    {
        services.AddSingleton(turn).AddSingleton(new TurnCredentials(turn, SystemRandomness.Instance));
        services.AddSingleton<EntrancePorts>();
        services.AddSingleton(Admit);
        services.AddSingleton<IDrained>(provider => provider.GetRequiredService<TurnGuest>());
        services.AddSingleton<TurnTelemetry>();
        services.AddSingleton<IIceServerSource, TurnServers>();
        services.AddHostedService<MediaTcpListener>();
    }

    private static TurnGuest Admit(IServiceProvider provider)
    {
        var port = provider.GetRequiredService<MediaPort>();
        var guest = ActivatorUtilities.CreateInstance<TurnGuest>(provider);

        // Not awaited: nothing that is said to the loop later can overtake this.
        _ = port.AdmitAsync((host, _) => guest.Enter(host));
        return guest;
    }
}
