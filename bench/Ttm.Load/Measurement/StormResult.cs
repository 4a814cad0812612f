namespace Ttm.Load.Measurement;

/// <summary>What came of many joins into running lessons.</summary>
/// <param name="Took">From the first offer to the last first packet.</param>
/// <param name="Meanwhile">What the running lessons had of it.</param>
internal sealed record StormResult(JoinTally Joins, TimeSpan Took, Tally Meanwhile);
