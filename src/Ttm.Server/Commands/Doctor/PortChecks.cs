using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Ttm.Server.PublicAddress;

namespace Ttm.Server.Commands.Doctor;

/// <summary>
/// Ports: can they be opened, and does what is sent to the public name come in there? That is tried from this machine: a firewall in front of it is seen
/// from outside alone.
/// </summary>
internal static class PortChecks
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    public static async Task<IReadOnlyList<Finding>> RunAsync(DoctorContext context, CancellationToken cancellation)
    {
        var findings = new List<Finding>();
        var port = context.Settings.Media.Port;
        using var udp = Open(ProtocolType.Udp, IPAddress.IPv6Any, port, "Media:Port", context, findings);
        using var tcp = Open(ProtocolType.Tcp, IPAddress.IPv6Any, port, "Media:Port", context, findings);
        var listeners = new List<(int Port, Socket? Socket)> { (port, tcp) };
        foreach (var endpoint in context.Endpoints.Where(endpoint => endpoint.Port != port && endpoint.Port > 0))
            listeners.Add((endpoint.Port, Open(ProtocolType.Tcp, AddressOf(endpoint), endpoint.Port, "Http:Urls or Kestrel:Endpoints", context, findings)));

        foreach (var name in context.Names)
        {
            findings.Add(await ReachUdpAsync(name, port, udp, context.IsRunning, cancellation));
            foreach (var (number, socket) in listeners.Where(one => one.Socket is not null || context.IsRunning))
                findings.Add(await ReachTcpAsync(name, number, cancellation));
        }

        foreach (var (_, socket) in listeners)
            socket?.Dispose();
        return findings;
    }

    private static IPAddress AddressOf(BindingAddress endpoint) =>
        IPAddress.TryParse(endpoint.Host.Trim('[', ']'), out var address) ? address
        : endpoint.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase) ? IPAddress.Loopback
        : IPAddress.IPv6Any;

    /// <summary>Null where it cannot be opened; a listening one for TCP.</summary>
    private static Socket? Open(ProtocolType protocol, IPAddress address, int port, string key, DoctorContext context, List<Finding> findings)
    {
        var subject = $"port {port}/{protocol.ToString().ToLowerInvariant()}";
        var socket = new Socket(address.AddressFamily, protocol == ProtocolType.Udp ? SocketType.Dgram : SocketType.Stream, protocol);
        try
        {
            if (address.Equals(IPAddress.IPv6Any))
                socket.DualMode = true;
            socket.Bind(new IPEndPoint(address, port));
            if (protocol == ProtocolType.Tcp)
                socket.Listen();
            findings.Add(Finding.Fine(subject, "free"));
            return socket;
        }
        catch (SocketException exception)
        {
            socket.Dispose();
            findings.Add(exception.SocketErrorCode switch
            {
                SocketError.AddressAlreadyInUse when context.IsRunning => Finding.Fine(subject, "held by the running server"),
                SocketError.AddressAlreadyInUse => Finding.Mend(subject, $"another program has it: stop that, or set {key} to another (\"ss -lnp\" tells which)."),
                SocketError.AccessDenied => Finding.Mend(subject, "this user may not open it: run as root, or give the service CAP_NET_BIND_SERVICE."),
                _ => Finding.Mend(subject, $"it cannot be opened ({exception.Message}): look at {key}."),
            });
            return null;
        }
    }

    private static async Task<Finding> ReachUdpAsync(string name, int port, Socket? own, bool isRunning, CancellationToken cancellation)
    {
        var subject = $"reach {name}:{port}/udp";
        var arrived = own is not null ? await SendToOwnAsync(name, port, own, cancellation)
            : isRunning && await Task.Run(() => StunQuery.Ask(name, port, Patience), cancellation) is not null;
        return arrived
            ? Finding.Fine(subject, "arrives, sent from this machine")
            : Finding.Mend(subject, $"what is sent there does not arrive here: let UDP {port} in (firewall, security group) and check that {name} leads to this machine. A router that does not send a machine's own traffic back to it fails here, too.");
    }

    private static async Task<bool> SendToOwnAsync(string name, int port, Socket own, CancellationToken cancellation)
    {
        var sent = RandomNumberGenerator.GetBytes(16);
        var received = new byte[64];
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Patience);
        try
        {
            using var sender = new UdpClient(name, port);
            await sender.SendAsync(sent, limit.Token);
            while (true)
            {
                var count = await own.ReceiveAsync(received, limit.Token);
                if (received.AsSpan(0, count).SequenceEqual(sent))
                    return true;
            }
        }
        catch (Exception exception) when (exception is SocketException or OperationCanceledException)
        {
            cancellation.ThrowIfCancellationRequested();
            return false;
        }
    }

    private static async Task<Finding> ReachTcpAsync(string name, int port, CancellationToken cancellation)
    {
        var subject = $"reach {name}:{port}/tcp";
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Patience);
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(name, port, limit.Token);
            return Finding.Fine(subject, "connects, from this machine");
        }
        catch (Exception exception) when (exception is SocketException or OperationCanceledException)
        {
            cancellation.ThrowIfCancellationRequested();
            return Finding.Mend(subject, $"no connection ({(exception is SocketException socket ? socket.Message : "no answer within 3 s")}): let TCP {port} in and check that {name} leads to this machine.");
        }
    }
}
