using System.Net;
using System.Net.Sockets;
using System.Text.Json.Serialization;
using Ttm.Server.Auth;
using Ttm.Server.Turn;
using Ttm.Sfu.Media;

namespace Ttm.Server.Api.Media;

/// <summary>One entry of <c>RTCConfiguration.iceServers</c>.</summary>
internal sealed record IceServer(
    IReadOnlyList<string> Urls,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Username = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Credential = null);

/// <summary>Says which ICE servers a caller may use; one for STUN, another for TURN with its credentials.</summary>
internal interface IIceServerSource
{
    /// <param name="host">The name or address by which the caller reached this server; IPv6 in brackets.</param>
    IEnumerable<IceServer> For(string host, Caller caller);
}

/// <summary>STUN, not at the media port: see <see cref="SecondUdpPort"/>.</summary>
internal sealed class StunServers(MediaOptions options, EntrancePorts ports) : IIceServerSource
{
    public IEnumerable<IceServer> For(string host, Caller caller) =>
        ports.Udp == 0 ? [] : [new([.. Hosts(options, host).Select(one => $"stun:{one}:{ports.Udp}")])];

    /// <summary>The configured public addresses, or else the host asked for.</summary>
    public static IEnumerable<string> Hosts(MediaOptions options, string host) =>
        options.PublicAddresses.Count == 0 ? [host] : options.PublicAddresses.Select(Host);

    private static string Host(IPAddress address) => address.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{address}]" : address.ToString();
}

/// <summary>All ICE servers, in the two shapes in which they are handed out.</summary>
internal sealed class IceServers(IEnumerable<IIceServerSource> sources)
{
    private readonly IIceServerSource[] _sources = [.. sources];

    public IReadOnlyList<IceServer> For(HttpContext context, Caller caller)
    {
        var host = context.Request.Host.Host;
        return [.. _sources.SelectMany(source => source.For(host.Length == 0 ? "localhost" : host, caller))];
    }

    /// <summary>One Link header per URL (RFC 9725 section 4.6).</summary>
    public void AddLinks(HttpContext context, Caller caller)
    {
        foreach (var server in For(context, caller))
        {
            var credentials = server.Username is null
                ? ""
                : $"; username=\"{server.Username}\"; credential=\"{server.Credential}\"; credential-type=\"password\"";
            foreach (var url in server.Urls)
                context.Response.Headers.Append("Link", $"<{url}>; rel=\"ice-server\"{credentials}");
        }
    }
}

internal static class IceServerEndpoints
{
    public static void MapIceServers(this IEndpointRouteBuilder api) =>
        api.MapGet("/ice-servers", (HttpContext context, IceServers servers) =>
            {
                context.Response.Headers.CacheControl = "no-store";
                return Results.Ok(new IceServerList(servers.For(context, Caller.Of(context))));
            })
            .Allow(Role.Teacher, Role.Student)
            .WithTags("Media")
            .WithSummary("ICE servers, ready for new RTCPeerConnection(…)")
            .Produces<IceServerList>().Fails();

    private sealed record IceServerList([property: JsonPropertyName("iceServers")] IReadOnlyList<IceServer> Servers);
}
