using System.Collections.Concurrent;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Ttm.EndToEnd.Kit;

/// <summary>A bad network between a browser and the media port: loses packets on the way to the server, cuts the way, or leads it over another address.</summary>
internal sealed class UdpProxy : IDisposable
{
    private readonly ConcurrentDictionary<IPEndPoint, Socket> _clients = new();
    private readonly Socket _front = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly IPEndPoint _server;
    private double _owed;

    /// <param name="mediaPort">The server's, on <see cref="OwnAddress"/>.</param>
    public UdpProxy(int mediaPort)
    {
        _server = new(OwnAddress, mediaPort);
        _front.Bind(new IPEndPoint(IPAddress.Any, 0));
        _ = ForwardAsync();
    }

    /// <summary>Chromium sends from this address, so server and proxy have to be there, too.</summary>
    public static IPAddress OwnAddress { get; } = NetworkInterface.GetAllNetworkInterfaces()
        .Where(card => card.OperationalStatus == OperationalStatus.Up)
        .SelectMany(card => card.GetIPProperties().UnicastAddresses)
        .Select(entry => entry.Address)
        .Where(address => address.AddressFamily == AddressFamily.InterNetwork)
        .OrderBy(IPAddress.IsLoopback)
        .First();

    /// <summary>The part of the packets to the server that is lost, evenly spread.</summary>
    public double Loss { get; set; }

    /// <summary>Nothing gets through, in neither direction.</summary>
    public bool IsCut { get; set; }

    /// <summary>Runs before a page's own scripts and leads its connections here.</summary>
    public string Script => $$"""
        (() => {
          const Native = RTCPeerConnection;
          window.RTCPeerConnection = class extends Native {
            setRemoteDescription({ type, sdp }) {
              const udp = sdp.replace(/^a=candidate:.* tcp .*\r\n/gim, '');
              return super.setRemoteDescription({ type, sdp: udp.replace(/^(a=candidate:\S+ \d udp \d+ \S+) \d+/gim, '$1 {{((IPEndPoint)_front.LocalEndPoint!).Port}}') });
            }
          };
        })();
        """;

    /// <summary>From now on the server sees the clients at other addresses, as after a change of network.</summary>
    public void ChangePath()
    {
        foreach (var client in _clients.Keys)
        {
            if (_clients.TryRemove(client, out var socket))
                socket.Dispose();
        }
    }

    public void Dispose()
    {
        _front.Dispose();
        ChangePath();
    }

    private async Task ForwardAsync()
    {
        var buffer = new byte[2048];
        try
        {
            while (true)
            {
                var received = await _front.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0));
                _owed += Loss;
                if (_owed >= 1)
                    _owed--;
                else if (!IsCut)
                    await ToServerAsync((IPEndPoint)received.RemoteEndPoint, buffer.AsMemory(0, received.ReceivedBytes));
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Disposed.
        }
    }

    private async Task ToServerAsync(IPEndPoint client, Memory<byte> datagram)
    {
        try
        {
            await _clients.GetOrAdd(client, Connect).SendAsync(datagram);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The server is away, or the path has just changed.
        }
    }

    private Socket Connect(IPEndPoint client)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Connect(_server);
        _ = BackAsync(socket, client);
        return socket;
    }

    private async Task BackAsync(Socket socket, IPEndPoint client)
    {
        var buffer = new byte[2048];
        while (true)
        {
            try
            {
                int length = await socket.ReceiveAsync(buffer);
                if (!IsCut)
                    await _front.SendToAsync(buffer.AsMemory(0, length), client);
            }
            catch (SocketException exception) when (exception.SocketErrorCode == SocketError.ConnectionRefused)
            {
                // Nobody listens there at the moment.
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }
}
