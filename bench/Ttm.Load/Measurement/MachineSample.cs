using System.Diagnostics;
using System.Globalization;

namespace Ttm.Load.Measurement;

/// <summary>CPU time of this tool and, on Linux, of everything on the machine: it tells whether a measurement was disturbed.</summary>
internal readonly record struct MachineSample(TimeSpan Own, TimeSpan Machine)
{
    private const double TicksPerSecond = 100;

    public static MachineSample Take()
    {
        using var process = Process.GetCurrentProcess();
        return new MachineSample(process.TotalProcessorTime, OperatingSystem.IsLinux() ? Busy() : TimeSpan.Zero);
    }

    /// <summary>The first line of /proc/stat: user, nice, system, idle, iowait, irq, softirq, steal.</summary>
    private static TimeSpan Busy()
    {
        long[] fields = [.. File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1).Take(8).Select(text => long.Parse(text, CultureInfo.InvariantCulture))];
        return TimeSpan.FromSeconds((fields.Sum() - fields[3] - fields[4]) / TicksPerSecond);
    }
}
