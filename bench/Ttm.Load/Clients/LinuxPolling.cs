using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Ttm.Load.Clients;

/// <summary>The system calls of <see cref="EpollReadiness"/> and <see cref="PolledSocket"/>; names and layouts as in the man pages of section 2.</summary>
internal static unsafe partial class LinuxPolling
{
    public const int EpollIn = 1;
    public const int ControlAdd = 1;
    public const int ControlDelete = 2;
    public const int DontWait = 0x40;
    public const int EventFdNonBlock = 0x800;

    // struct epoll_event is packed on x86-64 alone.
    public static readonly int EventSize = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;
    public static readonly int EventData = EventSize - sizeof(long);

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    public static partial int EpollCreate(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    public static partial int EpollControl(int epoll, int operation, int fd, byte* happening);

    [LibraryImport("libc", EntryPoint = "epoll_wait")]
    public static partial int EpollWait(int epoll, byte* happenings, int count, int milliseconds);

    [LibraryImport("libc", EntryPoint = "ppoll")]
    public static partial int Poll(Descriptor* descriptors, ulong count, Duration* timeout, void* signalMask);

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    public static partial int EventFd(uint initial, int flags);

    [LibraryImport("libc", EntryPoint = "read")]
    public static partial nint Read(int fd, void* buffer, nuint length);

    [LibraryImport("libc", EntryPoint = "write")]
    public static partial nint Write(int fd, void* buffer, nuint length);

    [LibraryImport("libc", EntryPoint = "close")]
    public static partial int Close(int fd);

    [LibraryImport("libc", EntryPoint = "recvfrom")]
    public static partial nint ReceiveFrom(int fd, byte* buffer, nuint length, int flags, byte* address, int* addressLength);

    [LibraryImport("libc", EntryPoint = "sendto")]
    public static partial nint SendTo(int fd, byte* buffer, nuint length, int flags, byte* address, int addressLength);

    public static int Checked(int result) => result >= 0 ? result : throw new SocketException(Marshal.GetLastPInvokeError());

    public struct Descriptor
    {
        public int Fd;
        public short Events;
        public short Returned;
    }

    public struct Duration
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
