namespace Ttm.Net;

/// <summary>The scheduler's niceness of threads, for .NET's thread priorities do nothing on Linux.</summary>
public static class ThreadNice
{
    private const int Prompt = -10;
    private const int SetTimerSlack = 29;
    private const nuint TimerSlackNanoseconds = 1000;

    /// <summary>
    /// Lets the calling thread run before what is not real time, and its waits end when they are due: the kernel may stretch others by 50 µs. The
    /// former needs CAP_SYS_NICE; without it, and on other systems, the thread is as any other.
    /// </summary>
    public static void Raise()
    {
        if (!OperatingSystem.IsLinux())
            return;
        _ = LinuxSyscalls.SetPriority(0, 0, Prompt);
        _ = LinuxSyscalls.ProcessControl(SetTimerSlack, TimerSlackNanoseconds, 0, 0, 0);
    }
}
