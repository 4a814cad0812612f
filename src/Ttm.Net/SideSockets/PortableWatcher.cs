using System.Net;
using System.Net.Sockets;

namespace Ttm.Net.SideSockets;

/// <summary>By a receive that peeks at nothing: it ends when there is something.</summary>
internal sealed class PortableWatcher(Action<SideSocket> onReady) : SideSocketWatcher
{
    public override SideSocket Open(bool isIPv4, ushort port, in SideSocketIdentity identity) =>
        new PortableSideSocket(isIPv4, port) { Owner = identity.Owner, Id = identity.Id, Tag = identity.Tag };

    public override void Watch(SideSocket socket) => _ = WatchAsync(socket);

    public override void WatchAgain(SideSocket socket) => _ = WatchAsync(socket);

    public override void Forget(SideSocket socket)
    {
    }

    public override void Dispose()
    {
    }

    private async Task WatchAsync(SideSocket socket)
    {
        try
        {
            await socket.Socket.ReceiveFromAsync(Memory<byte>.Empty, SocketFlags.Peek, new SocketAddress(socket.Socket.AddressFamily))
                .ConfigureAwait(false);
        }
        catch (ObjectDisposedException)
        {
            return;
        }
        catch (SocketException error) when (error.SocketErrorCode == SocketError.OperationAborted)
        {
            return;
        }
        catch (SocketException)
        {
            // "Message too long" on Windows, an ICMP error: both mean that there is something to read.
        }

        onReady(socket);
    }
}
