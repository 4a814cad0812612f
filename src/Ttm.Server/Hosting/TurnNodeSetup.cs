using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Ttm.Net;
using Ttm.Server.Api;
using Ttm.Server.Configuration;
using Ttm.Server.Operations;
using Ttm.Server.Operations.Draining;
using Ttm.Server.PublicAddress;
using Ttm.Server.Turn;
using Ttm.Turn;

namespace Ttm.Server.Hosting;

/// <summary><c>ttm-server --role turn</c>: STUN and TURN alone, with /healthz, /readyz and /metrics. No lessons, no API key, no disk.</summary>
internal static partial class TurnNodeSetup
{
    public const string RoleArgument = "role";

    /// <summary>Whether the arguments have <c>--role turn</c>. Not a setting like others: many an environment has a variable ROLE for a purpose of its own.</summary>
    public static bool IsAskedFor(string[] args)
    {
        var role = new ConfigurationBuilder().AddCommandLine(args).Build()[RoleArgument];
        return role switch
        {
            null or "media" => false,
            "turn" => true,
            _ => throw StartException.Setting("--role", role, "leave it out, or set it to turn for a TURN server alone"),
        };
    }

    public static void AddTurnNode(this WebApplicationBuilder builder)
    {
        UnknownSettings.Check(builder.Configuration, ServerSettings.Known);
        var settings = new Settings(builder.Configuration);
        var media = PublicAddressFinder.Complete(MediaSettings.Read(settings), settings);
        var turn = TurnSettings.ReadAlone(settings);
        var drain = DrainOptions.Read(settings, builder.Environment.IsDevelopment());
        var services = builder.Services;
        builder.UseSharedPorts(settings, HttpOptions.Read(settings));
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        services.TryAddSingleton(TimeProvider.System);
        services.Configure<HostOptions>(host => host.ShutdownTimeout = drain.DrainTimeout + drain.StopTimeout);
        services.AddSingleton(media);
        services.AddSingleton(provider => Open(provider, media, turn, drain));
        services.AddSingleton<IEntrancePort>(provider => provider.GetRequiredService<TurnNode>());
        services.AddEntrances(turn);
        services.AddSingleton<Readiness>();
        services.AddTelemetry();
    }

    public static void UseTurnNode(this WebApplication app)
    {
        // Nobody asks for it, so it is made here.
        _ = app.Services.GetRequiredService<TurnTelemetry>();
        app.UseMiddleware<RequestLog>();
        app.UseMiddleware<ProblemPages>();
        app.UseRouting();
        app.MapOperations();
    }

    private static TurnNode Open(IServiceProvider provider, Sfu.Media.MediaOptions media, TurnOptions turn, DrainOptions drain)
    {
        var logger = provider.GetRequiredService<ILogger<TurnNode>>();
        var time = provider.GetRequiredService<TimeProvider>();
        try
        {
            var credentials = new TurnCredentials(turn, SystemRandomness.Instance);
            var shell = new TurnShell(turn, credentials, null, media.Port, media.PublicAddresses, time, fault => LogFault(logger, fault));
            LogListening(logger, shell.Port, turn.AllowedPeers);
            return new(shell, drain.DrainTimeout, time);
        }
        catch (SocketException exception)
        {
            throw StartException.Setting("Media:Port", $"{media.Port}", $"the UDP port cannot be opened ({exception.Message}); stop who has it, or choose another");
        }
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Information, Message = "TURN alone on port {Port}, relaying to {Peers}")]
    private static partial void LogListening(ILogger logger, int port, IReadOnlyList<string> peers);

    [LoggerMessage(EventId = 2, Level = LogLevel.Error, Message = "A bug in the TURN server")]
    private static partial void LogFault(ILogger logger, Exception fault);
}
