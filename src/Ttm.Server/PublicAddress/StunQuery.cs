using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Ttm.Rtc;
using Ttm.Rtc.Stun;

namespace Ttm.Server.PublicAddress;

/// <summary>One STUN Binding transaction over UDP (RFC 8489 sections 6.2.1 and 7.3): as which address is this machine seen?</summary>
internal static class StunQuery
{
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(500);

    /// <summary>Blocks for <paramref name="limit"/> at most. Null where the server cannot be found or does not answer.</summary>
    public static IPAddress? Ask(string host, int port, TimeSpan limit)
    {
        Span<byte> transaction = stackalloc byte[StunMessage.TransactionIdLength];
        RandomNumberGenerator.Fill(transaction);
        Span<byte> buffer = stackalloc byte[StunMessage.HeaderLength];
        var request = new StunWriter(buffer, StunMethod.Binding, StunClass.Request, transaction);
        try
        {
            var server = Resolve(host, limit);
            using var socket = new Socket(server.AddressFamily, SocketType.Dgram, ProtocolType.Udp);

            // Connected, the socket takes answers of this server alone.
            socket.Connect(server, port);
            for (TimeSpan wait = FirstWait, left = limit; left > TimeSpan.Zero; left -= wait, wait *= 2)
            {
                socket.Send(buffer[..request.Length]);
                if (Receive(socket, transaction, wait < left ? wait : left) is { } address)
                    return address;
            }

            return null;
        }
        catch (SocketException)
        {
            return null;
        }
    }

    private static IPAddress Resolve(string host, TimeSpan limit)
    {
        var resolving = Task.Run(() => Dns.GetHostAddresses(host));
        try
        {
            if (resolving.Wait(limit) && resolving.Result is { Length: > 0 } addresses)
                return Array.Find(addresses, address => address.AddressFamily == AddressFamily.InterNetwork) ?? addresses[0];
        }
        catch (AggregateException exception) when (exception.InnerException is SocketException)
        {
            // Unknown, as below.
        }

        throw new SocketException((int)SocketError.HostNotFound);
    }

    private static IPAddress? Receive(Socket socket, ReadOnlySpan<byte> transaction, TimeSpan wait)
    {
        Span<byte> datagram = stackalloc byte[1500];
        if (!socket.Poll(wait, SelectMode.SelectRead))
            return null;
        var length = socket.Receive(datagram);
        return StunMessage.TryParse(datagram[..length], out var answer)
            && answer.Method == StunMethod.Binding && answer.Class == StunClass.SuccessResponse && answer.TransactionId.SequenceEqual(transaction)
            && answer.TryGetAttribute(StunAttribute.XorMappedAddress, out var value)
            && StunAddress.TryParse(value, answer.Datagram.Slice(4, 16), out TransportAddress address)
            ? address.ToIPEndPoint().Address
            : null;
    }
}
