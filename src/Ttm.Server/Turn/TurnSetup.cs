using Ttm.Net;
using Ttm.Server.Api.Media;
using Ttm.Server.Operations.Draining;
using Ttm.Sfu.Media;
using Ttm.Turn;

namespace Ttm.Server.Turn;

internal static partial class TurnSetup
{
    public static void AddTurn(this IServiceCollection services, TurnOptions turn)
    {
        services.AddSingleton(new TurnCredentials(turn, SystemRandomness.Instance));
        services.AddSingleton(Admit);
        services.AddSingleton<IDrained>(provider => provider.GetRequiredService<TurnGuest>());
        services.AddSingleton<IEntrancePort, MediaEntrancePort>();
        services.AddSingleton<IIceServerSource, TurnServers>();
        services.AddEntrances(turn);
    }

    /// <summary>What a server that runs alone has, too.</summary>
    public static void AddEntrances(this IServiceCollection services, TurnOptions turn)
    {
        services.AddSingleton(turn);
        services.AddSingleton<EntrancePorts>();
        services.AddSingleton<TurnTelemetry>();
        services.AddHostedService<MediaTcpListener>();
    }

    private static TurnGuest Admit(IServiceProvider provider)
    {
        var port = provider.GetRequiredService<MediaPort>();
        var guest = ActivatorUtilities.CreateInstance<TurnGuest>(provider);

        var options = provider.GetRequiredService<TurnOptions>();
        var ports = provider.GetRequiredService<EntrancePorts>();
        var logger = provider.GetRequiredService<ILogger<TurnGuest>>();

        // Not awaited: nothing that is said to the loop later can overtake this.
        _ = port.AdmitAsync((host, _) => guest.Enter(host, (ushort)options.UdpPort, opened =>
        {
            ports.Udp = opened;
            if (opened == 0)
                LogNoSecondPort(logger, options.UdpPort);
        }));
        return guest;
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "Turn:UdpPort {Port} cannot be opened: STUN and TURN over UDP are not handed out")]
    private static partial void LogNoSecondPort(ILogger logger, int port);
}
