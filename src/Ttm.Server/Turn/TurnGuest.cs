using Ttm.Net;
using Ttm.Rtc;
using Ttm.Server.Operations.Draining;
using Ttm.Sfu.Media;
using Ttm.Turn;

namespace Ttm.Server.Turn;

/// <summary>
/// The STUN and TURN server as a guest of the media port: they share its socket, its thread and its TCP connections, and what a client relays
/// to the media port goes there without a socket between. All but construction and disposal on the port's loop.
/// </summary>
internal sealed class TurnGuest : IPortGuest, ITurnOutput, IDrained, IDisposable
{
    private readonly TurnServer _server;
    private readonly UdpRelaySockets? _relays;
    private readonly MediaPort _port;
    private readonly bool _hasAlternates;
    private readonly SecondUdpPort _second;
    private IPortHost? _host;

    public TurnGuest(TurnOptions options, TurnCredentials credentials, MediaPort port)
    {
        _port = port;
        _hasAlternates = options.AlternateServers.Count > 0;
        _second = new SecondUdpPort(port.Loop, (datagram, in client, now) => _server!.Receive(datagram, client, now));
        _relays = options is { Enabled: true, AllowedPeers.Count: > 0 } ? new UdpRelaySockets(port.Loop) : null;
        var host = new TurnHost
        {
            PublicAddresses = [.. port.Addresses.Select(address => address.ToIPEndPoint().Address)],
            OwnAddresses = TurnShell.FindOwnAddresses(),
            MediaPort = port.Port,
            Epoch = port.Clock.ToWallTime(new Instant(0)),
        };
        _server = new TurnServer(options, credentials, host, this, _relays, SystemRandomness.Instance);
        _relays?.Attach(_server);
    }

    public TurnMetrics Metrics => _server.Metrics;

    public Instant NextTick => _server.NextTick;

    /// <summary>Opens the door of the port; see <see cref="MediaPort.AdmitAsync"/>.</summary>
    /// <param name="secondPort">0 for any free one.</param>
    /// <param name="opened">Told the number of the second port, 0 where it could not be opened.</param>
    public IPortGuest Enter(IPortHost host, ushort secondPort, Action<ushort> opened)
    {
        _host = host;
        opened(_second.Open(secondPort));
        return this;
    }

    /// <summary>
    /// New clients are sent to another server, where there is one; that one relays to this port as well. Where there is none they are taken: a student of a running
    /// lesson may know no other way.
    /// </summary>
    public void BeginDrain() => _port.Loop.Post(_ => _server.IsDraining = _hasAlternates);

    /// <summary>Ends all allocations and makes no more.</summary>
    public void Leave()
    {
        _server.IsDraining = true;
        _server.Clear();
    }

    public DropReason Receive(Span<byte> datagram, in TransportAddress from, Instant now) => _server.Receive(datagram, from, now);

    public void Send(ReadOnlySpan<byte> datagram, in TransportAddress to, Instant now) => _server.SendToRelayed(to, datagram, now);

    public void Tick(Instant now) => _server.Tick(now);

    public bool IsInUse(in TransportAddress client) => _server.HasAllocation(client);

    public bool TryFindClient(in TransportAddress relayed, out TransportAddress client) => _server.TryFindClient(relayed, out client);

    public void OnClosed(in TransportAddress client) => _server.CloseClient(client);

    void ITurnOutput.SendToClient(ReadOnlySpan<byte> datagram, in TransportAddress client)
    {
        if (!_second.TrySend(datagram, client))
            _host!.Send(datagram, client);
    }

    void ITurnOutput.DeliverToMedia(Span<byte> payload, in TransportAddress virtualPeer, Instant now) => _host!.Deliver(payload, virtualPeer, now);

    public void Dispose()
    {
        _second.Dispose();
        _relays?.Dispose();
    }
}
