using System.Net;
using System.Net.Sockets;
using Ttm.Rtc;

namespace Ttm.Net.SideSockets;

/// <summary>
/// A UDP socket beside the media port, of one family, bound to all addresses. The loop's thread alone sends, receives and disposes.
/// </summary>
public abstract class SideSocket : IDisposable
{
    private readonly bool _isIPv4;
    private bool _dontFragment;
    private int _isQueued;

    private protected SideSocket(bool isIPv4, ushort port)
    {
        _isIPv4 = isIPv4;
        Socket = new Socket(isIPv4 ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            if (isIPv4)
                Socket.DontFragment = false;
            Socket.Blocking = false;
            Socket.Bind(new IPEndPoint(isIPv4 ? IPAddress.Any : IPAddress.IPv6Any, port));
            Port = (ushort)((IPEndPoint)Socket.LocalEndPoint!).Port;
        }
        catch
        {
            Socket.Dispose();
            throw;
        }
    }

    public ushort Port { get; }

    /// <summary>What the owner knows it by.</summary>
    public TransportAddress Tag { get; internal init; }

    internal Socket Socket { get; }

    internal ulong Id { get; init; }

    internal bool IsDisposed { get; private set; }

    internal SideSockets? Owner { get; init; }

    /// <summary>False where the kernel refused it.</summary>
    /// <param name="dontFragment">The DF bit, on IPv4; IPv6 is never fragmented on its way.</param>
    public bool Send(ReadOnlySpan<byte> datagram, in TransportAddress to, bool dontFragment)
    {
        if (IsDisposed || to.IsIPv4 != _isIPv4)
            return false;
        if (_isIPv4 && dontFragment != _dontFragment)
            Socket.DontFragment = _dontFragment = dontFragment;
        return SendCore(datagram, to);
    }

    public void Dispose()
    {
        if (IsDisposed)
            return;
        IsDisposed = true;
        Owner?.Forget(this);
        Socket.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Takes one datagram from the kernel; false where there is none. Its length is -1 after an error.</summary>
    internal abstract bool TryReceive(Span<byte> buffer, out int length, out TransportAddress from);

    /// <summary>True for the one who has to put it into the queue.</summary>
    internal bool TryMarkQueued() => Interlocked.Exchange(ref _isQueued, 1) == 0;

    internal void ClearQueued() => Volatile.Write(ref _isQueued, 0);

    private protected abstract bool SendCore(ReadOnlySpan<byte> datagram, in TransportAddress to);
}
