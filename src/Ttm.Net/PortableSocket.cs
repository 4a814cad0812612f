using System.Net;
using System.Net.Sockets;
using Ttm.Rtc;

namespace Ttm.Net;

/// <summary>
/// The batch socket on <see cref="Socket"/>, for every system. Takes one datagram a call from the kernel, and sends at once, from the address that
/// the route chooses: <see cref="Socket"/> cannot name another.
/// </summary>
public sealed class PortableSocket : IDatagramSocket
{
    private readonly Socket _socket;
    private readonly Socket _waker;
    private readonly SocketAddress _wakeTarget;
    private readonly SocketAddress _from;
    private readonly SocketAddress _to;
    private readonly byte[] _received = GC.AllocateUninitializedArray<byte>(DatagramLimits.BatchSize * DatagramLimits.BufferLength, pinned: true);
    private readonly int[] _lengths = new int[DatagramLimits.BatchSize];
    private readonly TransportAddress[] _senders = new TransportAddress[DatagramLimits.BatchSize];
    private readonly byte[] _sending = GC.AllocateUninitializedArray<byte>(DatagramLimits.BufferLength, pinned: true);
    private int _refused;

    public PortableSocket(IPAddress? address, ushort port)
    {
        _socket = MediaSocket.Bind(address, port);
        _socket.Blocking = false;
        var bound = (IPEndPoint)_socket.LocalEndPoint!;
        Port = (ushort)bound.Port;
        _from = new SocketAddress(_socket.AddressFamily);
        _to = new SocketAddress(_socket.AddressFamily);

        // The loop waits on one socket alone, so a wake is an empty datagram to itself.
        bool any = bound.Address.Equals(IPAddress.Any) || bound.Address.Equals(IPAddress.IPv6Any);
        var target = any ? (_socket.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Loopback : IPAddress.IPv6Loopback) : bound.Address;
        _waker = new Socket(target.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        _wakeTarget = new IPEndPoint(target, bound.Port).Serialize();
    }

    public ushort Port { get; }

    public int ReceiveBufferBytes => _socket.ReceiveBufferSize;

    public int Receive(TimeSpan timeout)
    {
        if (!_socket.Poll(timeout, SelectMode.SelectRead))
            return 0;

        int count = 0;
        while (count < DatagramLimits.BatchSize)
        {
            var slot = _received.AsSpan(count * DatagramLimits.BufferLength, DatagramLimits.BufferLength);
            try
            {
                int length = _socket.ReceiveFrom(slot, SocketFlags.None, _from);
                if (length == 0)
                    continue;
                _lengths[count] = length;
                _senders[count] = SocketAddresses.Read(_from);
                count++;
            }
            catch (SocketException error) when (error.SocketErrorCode == SocketError.WouldBlock)
            {
                break;
            }
            catch (SocketException)
            {
                // An ICMP error of an earlier send, or a datagram too long for the slot (Windows): not ours to act on.
                continue;
            }
        }

        return count;
    }

    public void Pause(TimeSpan time)
    {
    }

    public Span<byte> GetReceived(int index, out TransportAddress from)
    {
        from = _senders[index];
        return _received.AsSpan(index * DatagramLimits.BufferLength, _lengths[index]);
    }

    public Span<byte> GetSendBuffer() => _sending;

    public void Send(int length, in TransportAddress to)
    {
        SocketAddresses.Write(to, _to);
        try
        {
            _socket.SendTo(_sending.AsSpan(0, length), SocketFlags.None, _to);
        }
        catch (SocketException)
        {
            _refused++;
        }
    }

    public int Flush()
    {
        int refused = _refused;
        _refused = 0;
        return refused;
    }

    public void Wake()
    {
        try
        {
            _waker.SendTo(ReadOnlySpan<byte>.Empty, SocketFlags.None, _wakeTarget);
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // The loop looks at its mailbox at least once a second in any case.
        }
    }

    public void Dispose()
    {
        _waker.Dispose();
        _socket.Dispose();
    }
}
