using System.IO.Pipelines;
using System.Net;
using Microsoft.Extensions.Logging;
using Ttm.Net;
using Ttm.Net.Tcp;
using Ttm.Rtc;
using Ttm.Rtc.Dtls;

namespace Ttm.Sfu.Media;

/// <summary>The media side of a node: its one UDP port, the loop that owns it, and what every session shares.</summary>
public sealed class MediaPort : IDisposable
{
    private readonly MediaLoop _media;
    private readonly UdpLoop _loop;
    private readonly HandshakeWorkers _workers;
    private readonly StreamCarrier _streams;
    private volatile TransportAddress[] _tcpAddresses = [];

    /// <exception cref="System.Net.Sockets.SocketException">The port is taken or not allowed.</exception>
    public MediaPort(MediaOptions options, TimeProvider time, IRandomness randomness, ILogger<MediaPort> logger)
    {
        Options = options;
        Randomness = randomness;
        Clock = new MediaClock(time);
        var socket = MediaSocket.Open(null, options.Port);
        Port = socket.Port;
        Certificate = DtlsCertificate.Create(time.GetUtcNow());
        var addresses = options.PublicAddresses.Count > 0 ? options.PublicAddresses : LocalAddresses.Find();
        Addresses = [.. addresses.Select(address => TransportAddress.From(address, Port))];
        _media = new MediaLoop(socket, Clock, (session, fault) => Log.SessionFault(logger, session.Id, fault));
        _loop = new UdpLoop(socket, Clock, _media, fault => Log.LoopFault(logger, fault));
        _workers = new HandshakeWorkers((session, work) => _loop.Post(now => _media.GiveBack(session, work, now)));
        _media.Workers = _workers;
        if (socket.ReceiveBufferBytes < MediaSocket.BufferBytes)
            Log.SmallReceiveBuffer(logger, socket.ReceiveBufferBytes, MediaSocket.BufferBytes);
        _streams = new StreamCarrier(_loop, _media, time);
        _loop.Start();
        Log.Listening(logger, Port, string.Join(", ", addresses));
    }

    /// <summary>The port in use.</summary>
    public ushort Port { get; }

    /// <summary>What goes into candidates, the preferred first.</summary>
    public IReadOnlyList<TransportAddress> Addresses { get; }

    /// <summary>The passive TCP candidates (RFC 6544), the preferred first; see <see cref="AnnounceTcp"/>.</summary>
    public IReadOnlyList<TransportAddress> TcpAddresses => _tcpAddresses;

    public MediaClock Clock { get; }

    /// <summary>The thread that owns it all, for a guest's own sockets.</summary>
    public UdpLoop Loop => _loop;

    public MediaCounters Counters => _media.Counters;

    public LoopCounters LoopCounters => _loop.Counters;

    public int SessionCount => _media.SessionCount;

    public SessionCounts Sessions => _media.Sessions;

    /// <summary>Takes no further connection than those that replace one.</summary>
    public bool IsFull => SessionCount >= Options.MaxSessions;

    /// <summary>Pieces of DTLS handshakes that wait for a worker.</summary>
    public int HandshakesWaiting => _workers.Waiting;

    public int TcpConnections => _media.Flows.Count;

    /// <summary>Datagrams for TCP connections that were full or gone.</summary>
    public long TcpDropped => _media.Flows.Dropped;

    internal MediaOptions Options { get; }

    internal IRandomness Randomness { get; }

    internal DtlsCertificate Certificate { get; }

    /// <summary>Lets a guest in; before the first datagram matters to it.</summary>
    /// <param name="create">Makes the guest on the loop's thread.</param>
    public Task AdmitAsync(Func<IPortHost, Instant, IPortGuest> create) => InvokeAsync((loop, now) => loop.Guest = create(loop, now));

    /// <summary>Puts these TCP ports, of all <see cref="Addresses"/>, into the answers from now on.</summary>
    public void AnnounceTcp(params ReadOnlySpan<ushort> ports)
    {
        var announced = new List<TransportAddress>();
        foreach (ushort port in ports)
            announced.AddRange(Addresses.Select(address => TransportAddress.From(address.ToIPEndPoint().Address, port).Via(TransportKind.Tcp, 0)));
        _tcpAddresses = [.. announced.Distinct()];
    }

    /// <summary>
    /// Carries the datagrams of a TCP or TLS connection until it ends. Its owner must end it, by <paramref name="cancellation"/>, before this
    /// port is disposed.
    /// </summary>
    public Task CarryAsync(IDuplexPipe connection, IPEndPoint remote, StreamFraming framing, bool isTls, CancellationToken cancellation) =>
        _streams.CarryAsync(connection, remote, framing, isTls, cancellation);

    /// <summary>When the loop came to it.</summary>
    public Task<Instant> ProbeAsync() => InvokeAsync((_, now) => now);

    public void Dispose()
    {
        _loop.Dispose();
        _workers.Dispose();
        Certificate.Dispose();
    }

    /// <summary>Runs on the loop; see <see cref="UdpLoop.InvokeAsync{T}"/>.</summary>
    internal Task<T> InvokeAsync<T>(Func<MediaLoop, Instant, T> work) => _loop.InvokeAsync(now => work(_media, now));
}
