namespace Ttm.Load.Measurement;

/// <summary>A round of measurement and what it cost.</summary>
/// <param name="Before">Of the server; null where it cannot be seen.</param>
/// <param name="OwnCpu">CPU time of this tool.</param>
/// <param name="MachineCpu">CPU time of everything on this machine; zero where not known.</param>
internal sealed record RoundResult(int Lessons, TimeSpan Took, Tally Tally, ServerSample? Before, ServerSample? After, TimeSpan OwnCpu, TimeSpan MachineCpu)
{
    private static readonly TimeSpan LongestDelay = TimeSpan.FromMilliseconds(20);

    /// <summary>The server carries so many lessons.</summary>
    public bool Holds => Tally.Lost == 0 && Tally.SwitchFailures == 0 && Tally.Received > 0 && Tally.Delay.Quantile(0.99) < LongestDelay;

    public TimeSpan? ServerCpu => After?.Cpu - Before?.Cpu;

    public TimeSpan? LoopCpu => ThreadCpu("media loop");

    public TimeSpan? TranscoderCpu => ThreadCpu("transcoder");

    public double? LoopWakesPerSecond => After is { LoopWakes: > 0 } ? (After.LoopWakes - Before!.LoopWakes) / Took.TotalSeconds : null;

    /// <summary>Percent of a core for each lesson.</summary>
    public double? PerLesson(TimeSpan? cpu) => cpu is { } known ? known / Took / Lessons * 100 : null;

    /// <summary>Percent of a core that others on this machine used meanwhile.</summary>
    public double? Others => ServerCpu is { } server && MachineCpu > TimeSpan.Zero && Before!.Threads.Count > 0 ? (MachineCpu - server - OwnCpu) / Took * 100 : null;

    private TimeSpan? ThreadCpu(string name) =>
        After is not null && After.Threads.TryGetValue(name, out var after) ? after - Before!.Threads.GetValueOrDefault(name) : null;
}
