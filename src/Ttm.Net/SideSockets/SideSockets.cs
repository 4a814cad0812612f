using System.Collections.Concurrent;
using System.Net.Sockets;
using Ttm.Rtc;

namespace Ttm.Net.SideSockets;

/// <summary>Given one datagram of a side socket, on the loop's thread.</summary>
/// <param name="datagram">The sockets' memory, valid during the call only.</param>
public delegate void SideDatagramHandler(SideSocket socket, Span<byte> datagram, in TransportAddress from, Instant now);

/// <summary>
/// More UDP sockets for a <see cref="UdpLoop"/>, as many as a relay needs. Another thread only learns which can be read; the loop reads
/// them, a batch each in turn, so that what waits lies in the kernel's buffers and nowhere else.
/// </summary>
public sealed class SideSockets : IDisposable
{
    private const int MaxInARow = 64;
    private readonly UdpLoop _loop;
    private readonly SideDatagramHandler _onDatagram;
    private readonly SideSocketWatcher _watcher;
    private readonly ConcurrentQueue<SideSocket> _ready = new();
    private readonly Action<Instant> _drain;

    // One byte more than a datagram may have: what fills it was longer.
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(DatagramLimits.BufferLength + 1, pinned: true);
    private int _posted;
    private ulong _lastId;

    /// <param name="portable">True to do without the system calls of Linux.</param>
    public SideSockets(UdpLoop loop, SideDatagramHandler onDatagram, bool portable = false)
    {
        _loop = loop;
        _onDatagram = onDatagram;
        _drain = Drain;
        _watcher = !portable && LinuxBatchSocket.IsSupported ? new LinuxWatcher(OnReady) : new PortableWatcher(OnReady);
    }

    /// <summary>Null where the port is taken or not allowed, or the machine has no such family.</summary>
    /// <param name="port">0 for any free one.</param>
    /// <param name="tag">Found again as <see cref="SideSocket.Tag"/>.</param>
    public SideSocket? TryOpen(bool isIPv4, ushort port, in TransportAddress tag)
    {
        try
        {
            var socket = _watcher.Open(isIPv4, port, new SideSocketIdentity(this, ++_lastId, tag));
            _watcher.Watch(socket);
            return socket;
        }
        catch (SocketException)
        {
            return null;
        }
    }

    /// <summary>After the loop has ended; the sockets are their owners'.</summary>
    public void Dispose() => _watcher.Dispose();

    internal void Forget(SideSocket socket) => _watcher.Forget(socket);

    private void OnReady(SideSocket socket)
    {
        if (socket.TryMarkQueued())
            _ready.Enqueue(socket);
        if (Interlocked.Exchange(ref _posted, 1) == 0)
            _loop.Post(_drain);
    }

    private void Drain(Instant now)
    {
        // The flag falls before the queue is read: what is ready after this posts again.
        Volatile.Write(ref _posted, 0);
        for (int left = _ready.Count; left > 0 && _ready.TryDequeue(out var socket); left--)
        {
            socket.ClearQueued();
            if (!socket.IsDisposed)
                Drain(socket, now);
        }
    }

    private void Drain(SideSocket socket, Instant now)
    {
        for (int count = 0; count < MaxInARow; count++)
        {
            if (!socket.TryReceive(_buffer, out int length, out var from))
            {
                _watcher.WatchAgain(socket);
                return;
            }

            if (length is >= 0 and <= DatagramLimits.BufferLength)
                _onDatagram(socket, _buffer.AsSpan(0, length), from, now);
            if (socket.IsDisposed)
                return;
        }

        // There may be more: the others first.
        OnReady(socket);
    }
}
