using System.Runtime.InteropServices;

namespace Ttm.Bench;

/// <summary>CPU time of the calling thread, by clock_gettime(2).</summary>
internal static partial class ThreadCpu
{
    private const int ThreadCpuTimeId = 3;

    public static TimeSpan Now
    {
        get
        {
            _ = GetTime(ThreadCpuTimeId, out var time);
            return TimeSpan.FromSeconds(time.Seconds) + TimeSpan.FromMicroseconds(time.Nanoseconds / 1000.0);
        }
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int GetTime(int clock, out CpuTime time);

    private struct CpuTime
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
