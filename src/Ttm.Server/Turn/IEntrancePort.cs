using System.IO.Pipelines;
using System.Net;
using Ttm.Net.Tcp;
using Ttm.Turn;

namespace Ttm.Server.Turn;

/// <summary>What stands behind the entrances: the media port with its guest, or a TURN server that runs alone.</summary>
internal interface IEntrancePort
{
    /// <summary>The UDP port; TCP of the same number is opened beside it.</summary>
    ushort Port { get; }

    TurnMetrics Metrics { get; }

    int TcpConnections { get; }

    /// <summary>Datagrams for TCP connections that were full or gone.</summary>
    long TcpDropped { get; }

    /// <summary>Tells which TCP ports are open.</summary>
    void AnnounceTcp(IReadOnlyList<ushort> ports);

    /// <summary>Carries a connection's datagrams until it ends.</summary>
    Task CarryAsync(IDuplexPipe connection, IPEndPoint remote, StreamFraming framing, bool isTls, CancellationToken cancellation);

    /// <summary>The server is told to stop, and connections are still open.</summary>
    Task DrainAsync(CancellationToken cancellation);

    /// <summary>Ends all allocations and makes no more.</summary>
    Task LeaveAsync();
}
