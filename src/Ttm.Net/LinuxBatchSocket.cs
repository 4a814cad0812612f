using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Ttm.Rtc;

namespace Ttm.Net;

/// <summary>
/// The batch socket on Linux: one ppoll, recvmmsg and sendmmsg a round, and an eventfd to wake the loop. Its message arrays and buffers are native
/// memory, laid out once. Bound to all addresses it answers from the one that a datagram came to: Flow of a
/// <see cref="TransportAddress"/> names that.
/// </summary>
[SupportedOSPlatform("linux")]
public sealed unsafe class LinuxBatchSocket : IDatagramSocket
{
    private readonly Socket _socket;
    private readonly int _fd;
    private readonly int _wakeFd;
    private readonly bool _isIPv6;
    private readonly MessageBatch _receiving;
    private readonly MessageBatch _sending;
    private int _queued;
    private int _received = DatagramLimits.BatchSize;
    private int _refused;
    private bool _mayHaveMore = true;
    private bool _disposed;

    public LinuxBatchSocket(IPAddress? address, ushort port)
    {
        _socket = MediaSocket.Bind(address, port);
        _fd = (int)_socket.Handle;
        _isIPv6 = _socket.AddressFamily == AddressFamily.InterNetworkV6;
        Port = (ushort)((IPEndPoint)_socket.LocalEndPoint!).Port;
        _wakeFd = LinuxSyscalls.EventFd(0, LinuxSyscalls.EfdNonBlock | LinuxSyscalls.EfdCloExec);
        if (_wakeFd < 0)
            throw new SocketException(Marshal.GetLastPInvokeError());
        var locals = address is null && PacketInfo.TryEnable(_fd, _isIPv6) ? new LocalAddressTable() : null;
        _ = ArrivalTime.TryEnable(_fd);
        _receiving = new MessageBatch(_isIPv6, locals);
        _sending = new MessageBatch(_isIPv6, locals);
    }

    /// <summary>Linux on 64 bits, whose layouts <see cref="MessageBatch"/> knows.</summary>
    [SupportedOSPlatformGuard("linux")]
    public static bool IsSupported => OperatingSystem.IsLinux() && Environment.Is64BitProcess && BitConverter.IsLittleEndian;

    public ushort Port { get; }

    public TimeSpan Waited => _receiving.ReadAge();

    public int ReceiveBufferBytes => _socket.ReceiveBufferSize;

    public int Receive(TimeSpan timeout)
    {
        // Where there is likely something it costs no poll; where there is likely nothing, no vain receive.
        if (_mayHaveMore || timeout <= TimeSpan.Zero)
        {
            int count = ReceiveBatch();
            if (count != 0 || timeout <= TimeSpan.Zero)
                return count;
        }

        return Poll(timeout, 2) ? ReceiveBatch() : 0;
    }

    public void Pause(TimeSpan time)
    {
        _mayHaveMore = true;
        if (time > TimeSpan.Zero)
            Poll(time, 1);
    }

    public Span<byte> GetReceived(int index, out TransportAddress from)
    {
        from = _receiving.ReadAddress(index);
        return _receiving.GetReceived(index);
    }

    public Span<byte> GetSendBuffer()
    {
        if (_queued == DatagramLimits.BatchSize)
            SendQueued();
        return _sending.GetBuffer(_queued);
    }

    public void Send(int length, in TransportAddress to)
    {
        if (!_isIPv6 && !to.IsIPv4)
        {
            _refused++;
            return;
        }

        _sending.SetMessage(_queued, length, to);
        _queued++;
    }

    public int Flush()
    {
        if (_queued > 0)
            SendQueued();
        int refused = _refused;
        _refused = 0;
        return refused;
    }

    public void Wake()
    {
        ulong one = 1;
        LinuxSyscalls.Write(_wakeFd, &one, sizeof(ulong));
    }

    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        _socket.Dispose();
        _ = LinuxSyscalls.Close(_wakeFd);
        _receiving.Dispose();
        _sending.Dispose();
    }

    /// <summary>Waits for a wake and, where <paramref name="count"/> is 2, for datagrams. True where there are datagrams.</summary>
    private bool Poll(TimeSpan timeout, uint count)
    {
        var polled = stackalloc PollFd[2];
        polled[0] = new PollFd { Descriptor = _wakeFd, Events = LinuxSyscalls.PollIn };
        polled[1] = new PollFd { Descriptor = _fd, Events = LinuxSyscalls.PollIn };
        var limit = new TimeSpec
        {
            Seconds = timeout.Ticks / TimeSpan.TicksPerSecond,
            Nanoseconds = timeout.Ticks % TimeSpan.TicksPerSecond * TimeSpan.NanosecondsPerTick,
        };
        if (LinuxSyscalls.PPoll(polled, count, &limit, null) <= 0)
            return false;
        if (polled[0].Returned != 0)
        {
            ulong counter;
            LinuxSyscalls.Read(_wakeFd, &counter, sizeof(ulong));
        }

        return polled[1].Returned != 0;
    }

    private int ReceiveBatch()
    {
        _receiving.PrepareReceive(_received);

        // Below 0: EAGAIN, or an ICMP error of an earlier send. The next round sees what comes after it.
        _received = Math.Max(LinuxSyscalls.ReceiveMany(_fd, _receiving.Headers, DatagramLimits.BatchSize, LinuxSyscalls.MsgDontWait, null), 0);
        _mayHaveMore = _received == DatagramLimits.BatchSize;
        return _received;
    }

    private void SendQueued()
    {
        int sent = 0;
        while (sent < _queued)
        {
            int count = LinuxSyscalls.SendMany(_fd, _sending.Headers + sent, (uint)(_queued - sent), LinuxSyscalls.MsgDontWait);
            if (count > 0)
            {
                sent += count;
                continue;
            }

            // The first of the rest was refused (no route, buffer full): real time does not wait for it.
            sent++;
            _refused++;
        }

        _queued = 0;
    }
}
