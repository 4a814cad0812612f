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
        return options.Validate() is [var problem, ..] ? throw new StartException(problem) : options;
    }
}
