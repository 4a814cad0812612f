namespace Ttm.Load;

/// <summary>What the command line asks for.</summary>
/// <param name="Students">Of each lesson.</param>
/// <param name="Storm">Students who join the running lessons one after the other, before the measurement; 0 for none.</param>
/// <param name="JoinRate">Connections a second.</param>
/// <param name="Pid">Of the server, where it runs on this machine: CPU and memory are then read from /proc.</param>
/// <param name="Json">Where the figures go as JSON; null for nowhere.</param>
/// <param name="Settle">How long recordings may take to become whole.</param>
/// <param name="Prefix">Of the lessons' ids.</param>
internal sealed record LoadOptions(
    Uri Url,
    string Key,
    string Secret,
    int Lessons,
    int Students,
    TimeSpan SwitchEvery,
    TimeSpan Duration,
    int Storm,
    double JoinRate,
    int? Pid,
    string? Json,
    TimeSpan Settle,
    string Prefix,
    bool FindMax);
