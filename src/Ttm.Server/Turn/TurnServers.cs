using Ttm.Server.Api.Media;
using Ttm.Server.Auth;
using Ttm.Sfu.Media;
using Ttm.Turn;

namespace Ttm.Server.Turn;

/// <summary>TURN by every way in, with credentials of the caller's own that last for hours.</summary>
internal sealed class TurnServers(
    TurnOptions turn, TurnCredentials credentials, MediaOptions media, EntrancePorts ports, TimeProvider time) : IIceServerSource
{
    public IEnumerable<IceServer> For(string host, Caller caller)
    {
        if (!turn.Enabled)
            return [];
        var hosts = StunServers.Hosts(media, host).ToList();
        List<string> urls = [];
        if (ports.Udp != 0)
            urls.AddRange(hosts.Select(one => $"turn:{one}:{ports.Udp}?transport=udp"));
        if (ports.Tcp != 0)
            urls.AddRange(hosts.Select(one => $"turn:{one}:{ports.Tcp}?transport=tcp"));

        // A certificate names the host, seldom its addresses.
        if (ports.Tls != 0)
            urls.Add($"turns:{host}:{ports.Tls}?transport=tcp");
        urls.AddRange(turn.Urls);
        var credential = credentials.Mint(caller.Id, time.GetUtcNow());
        return [new(urls, credential.Username, credential.Password)];
    }
}
