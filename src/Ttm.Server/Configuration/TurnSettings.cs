using Ttm.Turn;

namespace Ttm.Server.Configuration;

/// <summary>Reads the section <c>Turn</c>.</summary>
internal static class TurnSettings
{
    public static TurnOptions Read(Settings settings)
    {
        var options = settings.Bind<TurnOptions>("Turn") with
        {
            Users = settings.Map("Turn:Users"),
            AllowedPeers = settings.List("Turn:AllowedPeers"),
            AlternateServers = settings.List("Turn:AlternateServers"),
        };
        if (!options.Enabled && (options.Users.Count > 0 || options.AllowedPeers.Count > 0))
            throw new StartException($"{(options.Users.Count > 0 ? "Turn:Users" : "Turn:AllowedPeers")} is of no use with Turn:Enabled=false: leave one of them out.");
        return options.Validate() is [var problem, ..] ? throw new StartException(problem) : options;
    }
}
