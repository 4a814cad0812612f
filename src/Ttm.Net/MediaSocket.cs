using System.Net;
using System.Net.Sockets;

namespace Ttm.Net;

/// <summary>Opens the media port: dual-stack where the machine has IPv6, with buffers for a burst of all lessons at once.</summary>
public static class MediaSocket
{
    // 4 MiB hold about 20,000 audio packets: 200 ms of 2,000 lessons. The kernel caps it at net.core.rmem_max.
    private const int BufferBytes = 4 * 1024 * 1024;

    /// <summary>The fastest socket of this system.</summary>
    /// <param name="address">Null for all addresses of both families.</param>
    /// <param name="port">0 for any free one.</param>
    /// <exception cref="SocketException">The port is taken or not allowed.</exception>
    public static IDatagramSocket Open(IPAddress? address, ushort port) =>
        LinuxBatchSocket.IsSupported ? new LinuxBatchSocket(address, port) : new PortableSocket(address, port);

    internal static Socket Bind(IPAddress? address, ushort port)
    {
        bool dual = address is null ? Socket.OSSupportsIPv6 : address.AddressFamily == AddressFamily.InterNetworkV6;
        var socket = new Socket(dual ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            if (dual)
                socket.DualMode = true;
            socket.ReceiveBufferSize = BufferBytes;
            socket.SendBufferSize = BufferBytes;
            IgnoreUnreachable(socket);
            socket.Bind(new IPEndPoint(address ?? (dual ? IPAddress.IPv6Any : IPAddress.Any), port));
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>On Windows an ICMP "port unreachable" would fail the next receive; SIO_UDP_CONNRESET turns that off.</summary>
    private static void IgnoreUnreachable(Socket socket)
    {
        const int SioUdpConnReset = -1744830452;
        if (OperatingSystem.IsWindows())
            socket.IOControl(SioUdpConnReset, [0, 0, 0, 0], null);
    }
}
