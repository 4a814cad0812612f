using System.Net;
using System.Net.Sockets;

namespace Ttm.EndToEnd.Kit;

internal static class FreePorts
{
    /// <summary>A port that is free for TCP and UDP alike.</summary>
    public static int Take()
    {
        for (; ; )
        {
            using var tcp = new TcpListener(IPAddress.Any, 0);
            tcp.Start();
            var port = ((IPEndPoint)tcp.LocalEndpoint).Port;
            using var udp = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            try
            {
                udp.Bind(new IPEndPoint(IPAddress.Any, port));
                return port;
            }
            catch (SocketException)
            {
                // Taken for UDP: another one.
            }
        }
    }
}
