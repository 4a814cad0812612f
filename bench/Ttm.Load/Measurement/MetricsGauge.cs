using System.Globalization;
using Ttm.Load.Api;

namespace Ttm.Load.Measurement;

/// <summary>A server elsewhere, by what its <c>/metrics</c> tells of its process.</summary>
internal sealed class MetricsGauge(ServerApi api) : IServerGauge
{
    public async Task<ServerSample?> SampleAsync(CancellationToken cancellationToken)
    {
        if (await api.ReadMetricsAsync(cancellationToken) is not { } text)
            return null;
        double cpu = Sum(text, "dotnet_process_cpu_time");
        double memory = Sum(text, "dotnet_process_memory_working_set");
        return cpu > 0 ? new ServerSample(TimeSpan.FromSeconds(cpu), (long)memory, new Dictionary<string, TimeSpan>(), 0) : null;
    }

    /// <summary>Adds up all lines of the family: user and system time are two.</summary>
    private static double Sum(string text, string family) => text.Split('\n')
        .Where(line => line.StartsWith(family, StringComparison.Ordinal))
        .Select(line => line[(line.IndexOf('}') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .Select(words => Array.FindIndex(words, word => double.TryParse(word, CultureInfo.InvariantCulture, out _)) is int index and >= 0
            ? double.Parse(words[index], CultureInfo.InvariantCulture)
            : 0)
        .Sum();
}
