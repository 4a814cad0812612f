using System.IO.Pipelines;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Ttm.Net;
using Ttm.Net.Tcp;
using Ttm.Rtc;

namespace Ttm.Turn;

/// <summary>
/// A STUN and TURN server that stands alone: its own UDP port and loop, no media, so that relayed packets go to
/// <see cref="TurnOptions.AllowedPeers"/> only. Connections of TCP and TLS enter by <see cref="CarryAsync"/>.
/// </summary>
public sealed class TurnShell : IDatagramHandler, IStreamHandler, ITurnOutput, IDisposable
{
    private readonly IDatagramSocket _socket;
    private readonly UdpRelaySockets _relays;
    private readonly Action<Exception> _onFault;
    private readonly StreamCarrier _streams;

    /// <param name="options">Validated.</param>
    /// <param name="listen">Null for all addresses of both families.</param>
    /// <param name="port">0 for any free one.</param>
    /// <param name="publicAddresses">Of the relayed addresses; empty for the machine's own.</param>
    /// <exception cref="SocketException">The port is taken or not allowed.</exception>
    public TurnShell(
        TurnOptions options,
        TurnCredentials credentials,
        IPAddress? listen,
        ushort port,
        IReadOnlyList<IPAddress> publicAddresses,
        TimeProvider time,
        Action<Exception> onFault)
    {
        _onFault = onFault;
        var clock = new MediaClock(time);
        _socket = MediaSocket.Open(listen, port);
        Loop = new UdpLoop(_socket, clock, this, onFault);
        _streams = new StreamCarrier(Loop, this, time);
        _relays = new UdpRelaySockets(Loop);
        var own = FindOwnAddresses();
        var host = new TurnHost
        {
            PublicAddresses = publicAddresses.Count > 0 ? publicAddresses : own,
            OwnAddresses = own,
            Epoch = clock.ToWallTime(new Instant(0)),
        };
        Server = new TurnServer(options, credentials, host, this, _relays, SystemRandomness.Instance);
        _relays.Attach(Server);
    }

    public ushort Port => _socket.Port;

    /// <summary>The thread that owns <see cref="Server"/> and <see cref="Flows"/>; post to it.</summary>
    public UdpLoop Loop { get; }

    public TurnServer Server { get; }

    public TcpFlows Flows { get; } = new();

    public Instant NextTick => Server.NextTick;

    /// <summary>The machine's addresses that are up, those by which others reach it first.</summary>
    public static IReadOnlyList<IPAddress> FindOwnAddresses() =>
    [
        .. NetworkInterface.GetAllNetworkInterfaces()
            .Where(card => card.OperationalStatus == OperationalStatus.Up)
            .OrderBy(card => card.NetworkInterfaceType == NetworkInterfaceType.Loopback)
            .SelectMany(card => card.GetIPProperties().UnicastAddresses)
            .Select(entry => entry.Address)
            .Where(address => !address.IsIPv6LinkLocal),
    ];

    public void Start() => Loop.Start();

    /// <summary>Carries the datagrams of a TCP or TLS connection until it ends; see <see cref="StreamCarrier.CarryAsync"/>.</summary>
    public Task CarryAsync(IDuplexPipe connection, IPEndPoint remote, StreamFraming framing, bool isTls, CancellationToken cancellation) =>
        _streams.CarryAsync(connection, remote, framing, isTls, cancellation);

    void IDatagramHandler.OnDatagram(Span<byte> datagram, in TransportAddress from, Instant now) => Server.Receive(datagram, from, now);

    void IDatagramHandler.OnTick(Instant now) => Server.Tick(now);

    void ITurnOutput.SendToClient(ReadOnlySpan<byte> datagram, in TransportAddress client)
    {
        if (client.Kind != TransportKind.Udp)
        {
            Flows.TrySend(client, datagram);
            return;
        }

        datagram.CopyTo(_socket.GetSendBuffer());
        _socket.Send(datagram.Length, client);
    }

    /// <summary>Never called: this host has no media port.</summary>
    void ITurnOutput.DeliverToMedia(Span<byte> payload, in TransportAddress virtualPeer, Instant now) =>
        _onFault(new InvalidOperationException("A TURN server without media was asked to deliver to it."));

    bool IStreamHandler.OnOpened(TcpFlow flow, Instant now) => Flows.TryAdd(flow);

    void IStreamHandler.OnDatagram(Span<byte> datagram, TcpFlow flow, Instant now) => Server.Receive(datagram, flow.Address, now);

    bool IStreamHandler.IsInUse(TcpFlow flow) => Server.HasAllocation(flow.Address);

    void IStreamHandler.OnClosed(TcpFlow flow, Instant now)
    {
        Server.CloseClient(flow.Address);
        Flows.Remove(flow);
    }

    /// <summary>Ends the loop, then all allocations.</summary>
    public void Dispose()
    {
        Loop.Dispose();
        Server.Clear();
        _relays.Dispose();
    }
}
