using Ttm.Server.Api.Media;

namespace Ttm.Server.Api.Network;

/// <summary>The ways in that this server offers, for a page that tries each of them.</summary>
/// <param name="Host">By which the caller came: what a firewall's rule names.</param>
/// <param name="Addresses">Of media, as in the candidates.</param>
/// <param name="UdpPort">STUN, TURN and media.</param>
/// <param name="TcpPorts">ICE-TCP; TURN over TCP is in <paramref name="IceServers"/>.</param>
internal sealed record NetworkView(
    string Host, IReadOnlyList<string> Addresses, int UdpPort, IReadOnlyList<int> TcpPorts, IReadOnlyList<IceServer> IceServers);

/// <summary>A link to the page <c>/network</c> that works without a login until it expires.</summary>
internal sealed record NetworkLink(string Url, DateTimeOffset ExpiresAt);
