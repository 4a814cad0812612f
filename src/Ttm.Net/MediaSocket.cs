using System.Net;
using System.Net.Sockets;

namespace Ttm.Net;

/// <summary>Opens the media port: dual-stack where the machine has IPv6, with buffers for a burst of all lessons at once.</summary>
public static class MediaSocket
{
    /// <summary>
    /// What the kernel is asked for, in either direction. It reckons some 800 bytes for an audio packet, so that it holds 5,000: 100 ms of 1,000
    /// lessons. Without CAP_NET_ADMIN it caps it at net.core.rmem_max, which is usually 208 KiB: 8 ms of them.
    /// </summary>
    public const int BufferBytes = 4 * 1024 * 1024;

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
            SetBuffers(socket);
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

    private static unsafe void SetBuffers(Socket socket)
    {
        const int SocketLevel = 1;
        const int SendBufferForce = 32;
        const int ReceiveBufferForce = 33;
        socket.ReceiveBufferSize = BufferBytes;
        socket.SendBufferSize = BufferBytes;
        if (!OperatingSystem.IsLinux())
            return;
        int bytes = BufferBytes;
        _ = LinuxSyscalls.SetSocketOption((int)socket.Handle, SocketLevel, ReceiveBufferForce, &bytes, sizeof(int));
        _ = LinuxSyscalls.SetSocketOption((int)socket.Handle, SocketLevel, SendBufferForce, &bytes, sizeof(int));
    }

    /// <summary>On Windows an ICMP "port unreachable" would fail the next receive; SIO_UDP_CONNRESET turns that off.</summary>
    private static void IgnoreUnreachable(Socket socket)
    {
        const int SioUdpConnReset = -1744830452;
        if (OperatingSystem.IsWindows())
            socket.IOControl(SioUdpConnReset, [0, 0, 0, 0], null);
    }
}
