namespace Ttm.Net;

/// <summary>The scheduler's niceness of threads, for .NET's thread priorities do nothing on Linux.</summary>
public static class ThreadNice
{
    private const int Prompt = -10;

    /// <summary>
    /// Lets the calling thread run before what is not real time. Needs CAP_SYS_NICE; without it, and on other systems, the thread is as any other.
    /// </summary>
    public static void Raise()
    {
        if (OperatingSystem.IsLinux())
            _ = LinuxSyscalls.SetPriority(0, 0, Prompt);
    }
}
