using Ttm.Net;
using Ttm.Net.SideSockets;
using Ttm.Rtc;

namespace Ttm.Server.Turn;

/// <summary>
/// Another UDP port for STUN and TURN, the one that is handed out. Browsers built on libwebrtc give whatever comes from the address of an ICE server to
/// their STUN or TURN client alone: were the media port named as one, no direct pair with it would ever work, and sound would go by TCP or the relay.
/// All but construction and disposal on the loop.
/// </summary>
internal sealed class SecondUdpPort : IDisposable
{
    // Of a port that is free for one family and taken for the other.
    private const int Tries = 8;

    private readonly SideSockets _sockets;
    private readonly Receiver _receiver;
    private SideSocket? _ipv4;
    private SideSocket? _ipv6;

    public SecondUdpPort(UdpLoop loop, Receiver receiver)
    {
        _receiver = receiver;
        _sockets = new SideSockets(loop, OnDatagram);
    }

    /// <summary>Given a datagram and its client, who is known by this port.</summary>
    public delegate void Receiver(Span<byte> datagram, in TransportAddress client, Instant now);

    /// <summary>Opens it. Returns its number, 0 where that was not possible.</summary>
    /// <param name="port">0 for any free one.</param>
    public ushort Open(ushort port)
    {
        for (var tries = 0; tries < Tries; tries++)
        {
            _ipv4 = _sockets.TryOpen(true, port, default);
            var number = _ipv4?.Port ?? port;
            _ipv6 = System.Net.Sockets.Socket.OSSupportsIPv6 ? _sockets.TryOpen(false, number, default) : null;
            if (port != 0 || _ipv6 is not null || !System.Net.Sockets.Socket.OSSupportsIPv6)
                break;
            if (tries < Tries - 1)
                _ipv4?.Dispose();
        }

        return _ipv4?.Port ?? _ipv6?.Port ?? 0;
    }

    /// <summary>False for a client who came by another way.</summary>
    public bool TrySend(ReadOnlySpan<byte> datagram, in TransportAddress client)
    {
        if (client.Kind != TransportKind.Udp || client.Flow != TransportAddress.OtherPort)
            return false;
        (client.IsIPv4 ? _ipv4 : _ipv6)?.Send(datagram, client, dontFragment: false);
        return true;
    }

    /// <summary>After the loop has ended.</summary>
    public void Dispose()
    {
        _ipv4?.Dispose();
        _ipv6?.Dispose();
        _sockets.Dispose();
    }

    private void OnDatagram(SideSocket socket, Span<byte> datagram, in TransportAddress from, Instant now) =>
        _receiver(datagram, from.Via(TransportKind.Udp, TransportAddress.OtherPort), now);
}
