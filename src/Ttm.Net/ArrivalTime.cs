using System.Runtime.InteropServices;

namespace Ttm.Net;

/// <summary>
/// The control message that says when a datagram came: <c>SO_TIMESTAMPNS</c> (socket(7)), a timespec of CLOCK_REALTIME. It comes before all others.
/// </summary>
internal static unsafe class ArrivalTime
{
    /// <summary>CMSG_SPACE.</summary>
    public const int ControlLength = HeaderLength + 16;

    private const int HeaderLength = 16;
    private const int LevelSocket = 1;

    // SO_TIMESTAMPNS_OLD, whose timespec has 64 bits where pointers have.
    private const int TypeTimestamp = 35;
    private const int ClockRealtime = 0;

    // Beyond it somebody has moved the clock.
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    /// <summary>Asks the kernel for them. False where it does not know how.</summary>
    public static bool TryEnable(int fd)
    {
        int on = 1;
        return LinuxSyscalls.SetSocketOption(fd, LevelSocket, TypeTimestamp, &on, sizeof(int)) == 0;
    }

    /// <summary>How long ago it came; zero where the control messages do not tell.</summary>
    public static TimeSpan ReadAge(ReadOnlySpan<byte> control)
    {
        if (control.Length < ControlLength || MemoryMarshal.Read<int>(control[8..]) != LevelSocket || MemoryMarshal.Read<int>(control[12..]) != TypeTimestamp)
            return TimeSpan.Zero;
        TimeSpec now;
        if (LinuxSyscalls.GetTime(ClockRealtime, &now) != 0)
            return TimeSpan.Zero;
        var came = MemoryMarshal.Read<TimeSpec>(control[HeaderLength..]);
        long nanoseconds = ((now.Seconds - came.Seconds) * 1_000_000_000) + now.Nanoseconds - came.Nanoseconds;
        var age = new TimeSpan(nanoseconds / TimeSpan.NanosecondsPerTick);
        return age < TimeSpan.Zero || age > Longest ? TimeSpan.Zero : age;
    }
}
