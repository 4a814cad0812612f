using System.Runtime.InteropServices;

namespace Ttm.Load.Clients;

/// <summary>epoll(7), level-triggered, with an eventfd to wake it and ppoll for time-outs finer than a millisecond.</summary>
internal sealed unsafe class EpollReadiness : IReadiness
{
    private const int Batch = 128;
    private const long WakeMark = -1;

    private readonly int _epoll = LinuxPolling.Checked(LinuxPolling.EpollCreate(0));
    private readonly int _wake = LinuxPolling.Checked(LinuxPolling.EventFd(0, LinuxPolling.EventFdNonBlock));
    private readonly byte* _happenings = (byte*)NativeMemory.Alloc((nuint)(Batch * LinuxPolling.EventSize));
    private readonly IPolled[] _ready = new IPolled[Batch];
    private readonly Dictionary<long, IPolled> _clients = [];

    public EpollReadiness() => Control(LinuxPolling.ControlAdd, _wake, WakeMark);

    public void Add(IPolled client)
    {
        int fd = ((PolledSocket)client.Socket).Fd;
        _clients[fd] = client;
        Control(LinuxPolling.ControlAdd, fd, fd);
    }

    public void Remove(IPolled client)
    {
        int fd = ((PolledSocket)client.Socket).Fd;
        if (_clients.Remove(fd))
            Control(LinuxPolling.ControlDelete, fd, fd);
    }

    public int Wait(TimeSpan timeout)
    {
        if (timeout > TimeSpan.Zero)
        {
            var limit = new LinuxPolling.Duration
            {
                Seconds = timeout.Ticks / TimeSpan.TicksPerSecond,
                Nanoseconds = timeout.Ticks % TimeSpan.TicksPerSecond * TimeSpan.NanosecondsPerTick,
            };
            var descriptor = new LinuxPolling.Descriptor { Fd = _epoll, Events = LinuxPolling.EpollIn };
            if (LinuxPolling.Poll(&descriptor, 1, &limit, null) <= 0)
                return 0;
        }

        int count = LinuxPolling.EpollWait(_epoll, _happenings, Batch, 0);
        int ready = 0;
        for (int index = 0; index < count; index++)
        {
            long mark = Marshal.ReadInt64((nint)_happenings, (index * LinuxPolling.EventSize) + LinuxPolling.EventData);
            if (mark == WakeMark)
                Drain();
            else if (_clients.TryGetValue(mark, out var client))
                _ready[ready++] = client;
        }

        return ready;
    }

    public IPolled GetReady(int index) => _ready[index];

    public void Wake()
    {
        ulong one = 1;
        LinuxPolling.Write(_wake, &one, sizeof(ulong));
    }

    public void Dispose()
    {
        _ = LinuxPolling.Close(_epoll);
        _ = LinuxPolling.Close(_wake);
        NativeMemory.Free(_happenings);
    }

    private void Drain()
    {
        ulong counter;
        LinuxPolling.Read(_wake, &counter, sizeof(ulong));
    }

    private void Control(int operation, int fd, long mark)
    {
        byte* happening = stackalloc byte[16];
        *(uint*)happening = LinuxPolling.EpollIn;
        Marshal.WriteInt64((nint)happening, LinuxPolling.EventData, mark);
        LinuxPolling.Checked(LinuxPolling.EpollControl(_epoll, operation, fd, happening));
    }
}
