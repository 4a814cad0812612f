namespace Ttm.Load.Measurement;

/// <summary>What the server had used at one moment.</summary>
/// <param name="Threads">CPU by the threads' names; empty where only the whole is known.</param>
/// <param name="LoopWakes">How often the media loop had gone to sleep; 0 where not known.</param>
internal sealed record ServerSample(TimeSpan Cpu, long ResidentBytes, IReadOnlyDictionary<string, TimeSpan> Threads, long LoopWakes);

/// <summary>Where the server's CPU time and memory are read.</summary>
internal interface IServerGauge
{
    /// <summary>Null where the server cannot be seen.</summary>
    Task<ServerSample?> SampleAsync(CancellationToken cancellationToken);
}
