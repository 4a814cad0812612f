using System.IO.Pipelines;
using System.Net;
using Ttm.Net.Tcp;
using Ttm.Sfu.Media;
using Ttm.Turn;

namespace Ttm.Server.Turn;

/// <summary>The media port, with TURN as its guest.</summary>
internal sealed class MediaEntrancePort(MediaPort port, TurnGuest guest) : IEntrancePort
{
    public ushort Port => port.Port;

    public TurnMetrics Metrics => guest.Metrics;

    public int TcpConnections => port.TcpConnections;

    public long TcpDropped => port.TcpDropped;

    public void AnnounceTcp(IReadOnlyList<ushort> ports) => port.AnnounceTcp([.. ports]);

    public Task CarryAsync(IDuplexPipe connection, IPEndPoint remote, StreamFraming framing, bool isTls, CancellationToken cancellation) =>
        port.CarryAsync(connection, remote, framing, isTls, cancellation);

    /// <summary>Nothing: lessons have been waited for already (<see cref="Operations.Draining.Drain"/>).</summary>
    public Task DrainAsync(CancellationToken cancellation) => Task.CompletedTask;

    public Task LeaveAsync() => port.Loop.InvokeAsync(_ =>
    {
        guest.Leave();
        return true;
    });
}
