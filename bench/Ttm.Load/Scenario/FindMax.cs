using System.Text.Json.Nodes;
using Ttm.Load.Measurement;

namespace Ttm.Load.Scenario;

/// <summary>
/// Looks for the largest number of lessons that the server carries: half as many more at each step until it does not, then halving between what
/// held and what did not. Lessons stay between steps; a step that fails is measured twice, for others use the machine too.
/// </summary>
internal static class FindMax
{
    private const double Growth = 1.5;
    private const double Resolution = 0.05;

    private static readonly TimeSpan Breath = TimeSpan.FromSeconds(1);

    public static async Task<bool> RunAsync(LoadOptions options, Fleet fleet, Report report, TextWriter progress, CancellationToken cancellationToken)
    {
        RoundResult? best = null;
        int low = 0;
        int high = int.MaxValue;
        int next = options.Lessons;
        var steps = new JsonArray();
        while (high - low > Math.Max(1, low * Resolution))
        {
            var round = await TryAsync(next, options, fleet, progress, steps, cancellationToken);
            if (round.Holds && fleet.Lessons.Count == next)
                (low, best) = (next, round);
            else
                high = next;
            next = high == int.MaxValue ? (int)(next * Growth) + 1 : (low + high) / 2;
        }

        report.Add("lessons carried without loss, p99 under 20 ms", "maxLessons", low);
        report.Add("students of each", "students", options.Students);
        report.Add("joins", "joins", fleet.Joins.Count);
        report.Add("joins failed", "joinsFailed", fleet.Joins.Failures);
        report.Add("steps", steps);
        if (best is not null)
            report.AddRound(best);
        return best is not null;
    }

    private static async Task<RoundResult> TryAsync(
        int lessons, LoadOptions options, Fleet fleet, TextWriter progress, JsonArray steps, CancellationToken cancellationToken)
    {
        int failures = fleet.Joins.Failures;
        if (lessons > fleet.Lessons.Count)
            await fleet.AddAsync(lessons - fleet.Lessons.Count, cancellationToken);
        else
            await fleet.ShrinkAsync(lessons, cancellationToken);
        bool refused = fleet.Joins.Failures > failures;
        RoundResult round;
        int attempts = 0;
        do
        {
            await Task.Delay(Breath, cancellationToken);
            round = await fleet.MeasureAsync(options.Duration, cancellationToken);
            var tally = round.Tally;
            await progress.WriteLineAsync(
                $"{lessons} lessons: {tally.Lost} of {tally.Sent} packets lost, delay p99 {tally.Delay.Quantile(0.99).TotalMilliseconds:F2} ms, "
                + $"this tool late by p99 {tally.Lateness.Quantile(0.99).TotalMilliseconds:F2} ms, server {round.ServerCpu / round.Took * 100:F0} %, others {round.Others:F0} %");
            steps.Add(round.ToJson());
        }
        while (!round.Holds && !refused && ++attempts < 2);

        if (refused)
            await progress.WriteLineAsync($"Joins failed: {string.Join(" ", fleet.Joins.Reasons)}");
        return refused ? round with { Tally = Refused(round.Tally) } : round;
    }

    /// <summary>A server that refuses does not hold.</summary>
    private static Tally Refused(Tally tally)
    {
        tally.SwitchFailures++;
        return tally;
    }
}
