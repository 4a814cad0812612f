using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Ttm.Rtc;

namespace Ttm.Net;

/// <summary>
/// The batch socket on Linux: one recvmmsg and one sendmmsg a round, and an eventfd to wake the loop. Its message arrays and buffers are native
/// memory, laid out once.
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
    private int _refused;
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
        _receiving = new MessageBatch();
        _sending = new MessageBatch();
    }

    /// <summary>Linux on 64 bits, whose layouts <see cref="MessageBatch"/> knows.</summary>
    [SupportedOSPlatformGuard("linux")]
    public static bool IsSupported => OperatingSystem.IsLinux() && Environment.Is64BitProcess && BitConverter.IsLittleEndian;

    public ushort Port { get; }

    public int Receive(TimeSpan timeout)
    {
        // What is there already costs no poll.
        int count = ReceiveBatch();
        if (count != 0 || timeout <= TimeSpan.Zero)
            return count;

        var polled = stackalloc PollFd[2];
        polled[0] = new PollFd { Descriptor = _fd, Events = LinuxSyscalls.PollIn };
        polled[1] = new PollFd { Descriptor = _wakeFd, Events = LinuxSyscalls.PollIn };
        var limit = new TimeSpec
        {
            Seconds = timeout.Ticks / TimeSpan.TicksPerSecond,
            Nanoseconds = timeout.Ticks % TimeSpan.TicksPerSecond * TimeSpan.NanosecondsPerTick,
        };
        if (LinuxSyscalls.PPoll(polled, 2, &limit, null) <= 0)
            return 0;
        if (polled[1].Returned != 0)
        {
            ulong counter;
            LinuxSyscalls.Read(_wakeFd, &counter, sizeof(ulong));
        }

        return polled[0].Returned != 0 ? ReceiveBatch() : 0;
    }

    public Span<byte> GetReceived(int index, out TransportAddress from)
    {
        from = _receiving.ReadAddress(index, _isIPv6);
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

        _sending.SetMessage(_queued, length, to, _isIPv6);
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

    private int ReceiveBatch()
    {
        _receiving.PrepareReceive();
        int count = LinuxSyscalls.ReceiveMany(_fd, _receiving.Headers, DatagramLimits.BatchSize, LinuxSyscalls.MsgDontWait, null);

        // EAGAIN, or an ICMP error of an earlier send: the next round sees what comes after it.
        return Math.Max(count, 0);
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
