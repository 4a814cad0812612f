using System.IO.Pipelines;
using System.Net;
using Ttm.Rtc;

namespace Ttm.Net.Tcp;

/// <summary>Carries TCP and TLS connections to a loop, each under a number of its own.</summary>
public sealed class StreamCarrier(UdpLoop loop, IStreamHandler handler, TimeProvider time)
{
    private uint _connections;

    /// <summary>Until the connection ends; its owner must end it, by <paramref name="cancellation"/>, before the loop is disposed.</summary>
    public async Task CarryAsync(IDuplexPipe connection, IPEndPoint remote, StreamFraming framing, bool isTls, CancellationToken cancellation)
    {
        var flow = new TcpFlow(FlowNumber.Of(Interlocked.Increment(ref _connections), isTls), TransportAddress.From(remote), framing);
        try
        {
            await new StreamPump(loop, flow, handler, time).RunAsync(connection, cancellation).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The loop has ended first.
        }
    }
}
