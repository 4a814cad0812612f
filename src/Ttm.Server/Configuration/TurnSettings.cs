using Ttm.Turn;

namespace Ttm.Server.Configuration;

/// <summary>Reads the section <c>Turn</c>.</summary>
internal static class TurnSettings
{
    /// <summary>Of a TURN server that runs alone, which is of use to nobody without peers and credentials.</summary>
    public static TurnOptions ReadAlone(Settings settings)
    {
        var options = Read(settings);
        if (!options.Enabled)
            throw StartException.Setting("Turn:Enabled", "false", "leave it out where Role is turn");
        if (options.AllowedPeers.Count == 0)
            throw StartException.Setting("Turn:AllowedPeers", null, "set it to the addresses of your media servers, such as 203.0.113.7/32");
        if (options.Secret.Length == 0 && options.Users.Count == 0)
            throw StartException.Setting("Turn:Secret", null, "set it to the one that your media servers have, too");
        return options;
    }

    public static TurnOptions Read(Settings settings)
    {
        var options = settings.Bind<TurnOptions>("Turn") with
        {
            Users = settings.Map("Turn:Users"),
            AllowedPeers = settings.List("Turn:AllowedPeers"),
            AlternateServers = settings.List("Turn:AlternateServers"),
            Urls = settings.List("Turn:Urls"),
        };
        if (!options.Enabled && (options.Users.Count > 0 || options.AllowedPeers.Count > 0))
            throw new StartException($"{(options.Users.Count > 0 ? "Turn:Users" : "Turn:AllowedPeers")} is of no use with Turn:Enabled=false: leave one of them out.");
        return options.Validate() is [var problem, ..] ? throw new StartException(problem) : options;
    }
}
