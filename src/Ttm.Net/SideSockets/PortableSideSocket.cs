using System.Net;
using System.Net.Sockets;
using Ttm.Rtc;

namespace Ttm.Net.SideSockets;

/// <summary>On <see cref="System.Net.Sockets.Socket"/>, for every system.</summary>
internal sealed class PortableSideSocket : SideSocket
{
    private readonly SocketAddress _from;
    private readonly SocketAddress _to;

    public PortableSideSocket(bool isIPv4, ushort port)
        : base(isIPv4, port)
    {
        _from = new SocketAddress(Socket.AddressFamily);
        _to = new SocketAddress(Socket.AddressFamily);
    }

    internal override bool TryReceive(Span<byte> buffer, out int length, out TransportAddress from)
    {
        length = -1;
        from = default;
        try
        {
            length = Socket.ReceiveFrom(buffer, SocketFlags.None, _from);
            from = SocketAddresses.Read(_from);
            return true;
        }
        catch (SocketException error)
        {
            return error.SocketErrorCode != SocketError.WouldBlock;
        }
    }

    private protected override bool SendCore(ReadOnlySpan<byte> datagram, in TransportAddress to)
    {
        SocketAddresses.Write(to, _to);
        try
        {
            Socket.SendTo(datagram, SocketFlags.None, _to);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
