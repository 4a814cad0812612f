using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Ttm.Net.SideSockets;

/// <summary>By one epoll descriptor for all of them, edge-triggered, on a thread of its own that only passes names on.</summary>
[SupportedOSPlatform("linux")]
internal sealed unsafe class LinuxWatcher : SideSocketWatcher
{
    private const int MaxEvents = 64;
    private const int Add = 1;
    private const uint EventIn = 1;
    private const uint EventEdge = 1u << 31;
    private const ulong StopId = 0;

    // struct epoll_event is packed on x86-64 alone.
    private static readonly int EventSize = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;
    private readonly Action<SideSocket> _onReady;
    private readonly ConcurrentDictionary<ulong, SideSocket> _sockets = new();
    private readonly int _epoll;
    private readonly int _stop;
    private readonly Thread _thread;

    public LinuxWatcher(Action<SideSocket> onReady)
    {
        _onReady = onReady;
        _epoll = LinuxSyscalls.EpollCreate(LinuxSyscalls.EfdCloExec);
        _stop = LinuxSyscalls.EventFd(0, LinuxSyscalls.EfdNonBlock | LinuxSyscalls.EfdCloExec);
        if (_epoll < 0 || _stop < 0)
            throw new SocketException(Marshal.GetLastPInvokeError());
        Register(_stop, StopId);
        _thread = new Thread(Run) { Name = "side sockets", IsBackground = true };
        _thread.Start();
    }

    public override SideSocket Open(bool isIPv4, ushort port, in SideSocketIdentity identity) =>
        new LinuxSideSocket(isIPv4, port) { Owner = identity.Owner, Id = identity.Id, Tag = identity.Tag };

    public override void Watch(SideSocket socket)
    {
        _sockets[socket.Id] = socket;
        Register(((LinuxSideSocket)socket).Descriptor, socket.Id);
    }

    public override void WatchAgain(SideSocket socket)
    {
    }

    public override void Forget(SideSocket socket) => _sockets.TryRemove(socket.Id, out _);

    public override void Dispose()
    {
        ulong one = 1;
        LinuxSyscalls.Write(_stop, &one, sizeof(ulong));
        _thread.Join();
        _ = LinuxSyscalls.Close(_epoll);
        _ = LinuxSyscalls.Close(_stop);
    }

    private void Register(int descriptor, ulong id)
    {
        byte* entry = stackalloc byte[16];
        *(uint*)entry = EventIn | EventEdge;
        *(ulong*)(entry + EventSize - sizeof(ulong)) = id;
        if (LinuxSyscalls.EpollControl(_epoll, Add, descriptor, entry) < 0)
            throw new SocketException(Marshal.GetLastPInvokeError());
    }

    private void Run()
    {
        byte* events = stackalloc byte[MaxEvents * 16];
        while (true)
        {
            int count = LinuxSyscalls.EpollWait(_epoll, events, MaxEvents, -1);
            for (int i = 0; i < count; i++)
            {
                ulong id = *(ulong*)(events + (i * EventSize) + EventSize - sizeof(ulong));
                if (id == StopId)
                    return;
                if (_sockets.TryGetValue(id, out var socket))
                    _onReady(socket);
            }
        }
    }
}
