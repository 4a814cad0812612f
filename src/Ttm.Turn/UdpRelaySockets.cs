using Ttm.Net;
using Ttm.Net.SideSockets;
using Ttm.Rtc;

namespace Ttm.Turn;

/// <summary>
/// The relay sockets of a server on a <see cref="UdpLoop"/>. All but the constructor and <see cref="Dispose"/> on its thread.
/// </summary>
public sealed class UdpRelaySockets : IRelaySockets, IDisposable
{
    private readonly SideSockets _sockets;
    private TurnServer? _server;

    public UdpRelaySockets(UdpLoop loop) => _sockets = new SideSockets(loop, OnDatagram);

    /// <summary>Before the first allocation: who is given what the sockets receive.</summary>
    public void Attach(TurnServer server) => _server = server;

    public IRelaySocket? TryOpen(in TransportAddress relayed) =>
        _sockets.TryOpen(relayed.IsIPv4, relayed.Port, relayed) is { } socket ? new RelaySocket(socket) : null;

    /// <summary>After the loop has ended.</summary>
    public void Dispose() => _sockets.Dispose();

    private void OnDatagram(SideSocket socket, Span<byte> datagram, in TransportAddress from, Instant now) =>
        _server?.ReceiveFromPeer(datagram, socket.Tag, from, now);

    private sealed class RelaySocket(SideSocket socket) : IRelaySocket
    {
        public void Send(ReadOnlySpan<byte> payload, in TransportAddress peer, bool dontFragment) =>
            socket.Send(payload, peer, dontFragment);

        public void Dispose() => socket.Dispose();
    }
}
