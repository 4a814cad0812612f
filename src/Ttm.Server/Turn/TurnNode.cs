using System.IO.Pipelines;
using System.Net;
using Ttm.Net;
using Ttm.Net.Tcp;
using Ttm.Turn;

namespace Ttm.Server.Turn;

/// <summary>A TURN server that runs alone (<c>--role turn</c>), behind the same entrances as one beside the media.</summary>
internal sealed class TurnNode : IEntrancePort, IDisposable
{
    private static readonly TimeSpan DrainInterval = TimeSpan.FromMilliseconds(200);
    private readonly TurnShell _shell;
    private readonly TimeSpan _drainTimeout;
    private readonly TimeProvider _time;

    public TurnNode(TurnShell shell, TimeSpan drainTimeout, TimeProvider time)
    {
        _shell = shell;
        _drainTimeout = drainTimeout;
        _time = time;
        shell.Start();
    }

    public UdpLoop Loop => _shell.Loop;

    public ushort Port => _shell.Port;

    public TurnMetrics Metrics => _shell.Server.Metrics;

    public int TcpConnections => _shell.Flows.Count;

    public long TcpDropped => _shell.Flows.Dropped;

    public void AnnounceTcp(IReadOnlyList<ushort> ports)
    {
        // There are no answers to put them into.
    }

    public Task CarryAsync(IDuplexPipe connection, IPEndPoint remote, StreamFraming framing, bool isTls, CancellationToken cancellation) =>
        _shell.CarryAsync(connection, remote, framing, isTls, cancellation);

    /// <summary>New clients are sent to the alternate servers; those that are here have until <c>Server:DrainTimeout</c> to go.</summary>
    public async Task DrainAsync(CancellationToken cancellation)
    {
        await _shell.Loop.InvokeAsync(_ => _shell.Server.IsDraining = true);
        for (var since = _time.GetTimestamp(); _time.GetElapsedTime(since) < _drainTimeout && !cancellation.IsCancellationRequested;)
        {
            if (await _shell.Loop.InvokeAsync(_ => _shell.Server.Allocations) == 0)
                return;
            await Task.Delay(DrainInterval, _time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public Task LeaveAsync() => _shell.Loop.InvokeAsync(_ =>
    {
        _shell.Server.Clear();
        return true;
    });

    public void Dispose() => _shell.Dispose();
}
