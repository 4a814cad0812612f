using Ttm.Server.Auth;

namespace Ttm.Server.Api.Network;

/// <summary>Makes links to the page <c>/network</c>. The token stands in the fragment, which no server and no proxy gets to see.</summary>
internal sealed class NetworkLinks(TokenMinter minter, TimeProvider clock)
{
    public static readonly TimeSpan DefaultLifetime = TimeSpan.FromHours(24);
    private const int NameLength = 8;

    /// <param name="origin">Scheme, host and port of the server as the school sees it.</param>
    public NetworkLink Create(string origin, TimeSpan lifetime)
    {
        // A name of its own for each link, so that TURN's quota of one school is not another's.
        var token = minter.Mint(Role.Network, $"network-{Ids.New(NameLength)}", null, lifetime);
        return new($"{origin.TrimEnd('/')}/network#token={token}", clock.GetUtcNow() + lifetime);
    }
}
