using System.Globalization;

namespace Ttm.Load.Measurement;

/// <summary>A process of this Linux machine, by proc(5).</summary>
internal sealed class ProcessGauge(int pid) : IServerGauge
{
    private const string LoopThread = "media loop";
    private const double TicksPerSecond = 100;

    public Task<ServerSample?> SampleAsync(CancellationToken cancellationToken) => Task.FromResult(Sample());

    private ServerSample? Sample()
    {
        try
        {
            var threads = new Dictionary<string, TimeSpan>();
            long wakes = 0;
            foreach (string task in Directory.EnumerateDirectories($"/proc/{pid}/task"))
                wakes += AddThread(task, threads);

            // Behind the name, which may hold anything: user and system time are fields 14 and 15 of the whole line.
            string stat = File.ReadAllText($"/proc/{pid}/stat");
            string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            double ticks = Number(fields[11]) + Number(fields[12]);
            return new ServerSample(TimeSpan.FromSeconds(ticks / TicksPerSecond), Status($"/proc/{pid}/status", "VmRSS:") * 1024, threads, wakes);
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Adds the thread's time under its name without its number. Returns how often it slept, where it is the media loop.</summary>
    private static long AddThread(string task, Dictionary<string, TimeSpan> threads)
    {
        try
        {
            string name = File.ReadAllText($"{task}/comm").Trim().TrimEnd('0', '1', '2', '3', '4', '5', '6', '7', '8', '9', ' ');
            long nanoseconds = Number(File.ReadAllText($"{task}/schedstat").Split(' ')[0]);
            threads[name] = threads.GetValueOrDefault(name) + TimeSpan.FromMicroseconds(nanoseconds / 1000.0);
            return name == LoopThread ? Status($"{task}/status", "voluntary_ctxt_switches:") : 0;
        }
        catch (IOException)
        {
            // The thread has just ended.
            return 0;
        }
    }

    private static long Status(string path, string key)
    {
        string line = File.ReadLines(path).FirstOrDefault(line => line.StartsWith(key, StringComparison.Ordinal)) ?? $"{key} 0";
        return Number(line[key.Length..].Replace("kB", "", StringComparison.Ordinal).Trim());
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
