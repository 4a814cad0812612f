using Ttm.Load.Api;
using Ttm.Load.Measurement;

namespace Ttm.Load.Scenario;

/// <summary>A whole run of the tool: joins, measurement, recordings, report.</summary>
internal static class LoadRun
{
    private static readonly TimeSpan ProgressInterval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Breath = TimeSpan.FromSeconds(1);

    /// <returns>0 where everything arrived; 1 where something was lost, refused or missing.</returns>
    public static async Task<int> RunAsync(LoadOptions options, TextWriter output, TextWriter progress, CancellationToken cancellationToken)
    {
        using var api = new ServerApi(options.Url, new TokenMint(options.Key, options.Secret, TimeProvider.System));
        try
        {
            await using var fleet = new Fleet(options, api);
            var report = new Report();
            bool good = options.FindMax
                ? await FindMax.RunAsync(options, fleet, report, progress, cancellationToken)
                : await MeasureAsync(options, fleet, api, report, progress, cancellationToken);
            if (fleet.Faults > 0)
                await progress.WriteLineAsync($"This tool failed {fleet.Faults} times; first: {fleet.FirstFault}");
            await output.WriteLineAsync(report.ToTable());
            if (options.Json is { } path)
                await File.WriteAllTextAsync(path, report.ToJson(), cancellationToken);
            return good && fleet.Faults == 0 ? 0 : 1;
        }
        catch (Exception exception) when (exception is HttpRequestException or ServerRefusedException or IOException)
        {
            await progress.WriteLineAsync(exception.Message);
            return 1;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await progress.WriteLineAsync("Interrupted.");
            return 1;
        }
    }

    private static async Task<bool> MeasureAsync(
        LoadOptions options, Fleet fleet, ServerApi api, Report report, TextWriter progress, CancellationToken cancellationToken)
    {
        var empty = await fleet.SampleServerAsync(cancellationToken);
        await ShowWhileAsync(fleet.AddAsync(options.Lessons, cancellationToken), fleet, progress, cancellationToken);
        foreach (string reason in fleet.Joins.Reasons)
            await progress.WriteLineAsync($"A join failed: {reason}");
        var joining = await fleet.EndRoundAsync(cancellationToken);
        await Task.Delay(Breath, cancellationToken);
        var storm = options.Storm > 0 ? await StormAsync(options.Storm, fleet, progress, cancellationToken) : null;

        var measuring = fleet.MeasureAsync(options.Duration, cancellationToken);
        await ShowWhileAsync(measuring, fleet, progress, cancellationToken);
        var round = await measuring;
        var full = await fleet.SampleServerAsync(cancellationToken);

        await fleet.StopTalkingAsync(cancellationToken);
        var recordings = await RecordingsCheck.RunAsync(fleet.Lessons, api, options.Settle, cancellationToken);
        report.Add("lessons", "lessons", options.Lessons);
        report.Add("students of each", "students", options.Students);
        report.AddJoins(fleet.Joins, joining);
        if (storm is not null)
            report.AddStorm(storm);
        report.AddRound(round);
        report.AddMemory(empty, full, options.Lessons);
        report.AddRecordings(recordings);
        return fleet.Joins.Failures == 0 && storm is not { Joins.Failures: > 0 } && round.Tally.Lost == 0 && round.Tally.SwitchFailures == 0 && round.Tally.Misdirected == 0
            && recordings.Whole == recordings.Expected && recordings.WrongDuration == 0;
    }

    private static async Task<StormResult> StormAsync(int count, Fleet fleet, TextWriter progress, CancellationToken cancellationToken)
    {
        var joining = fleet.StormAsync(count, cancellationToken);
        await ShowWhileAsync(joining, fleet, progress, cancellationToken);
        var storm = await joining;
        foreach (string reason in storm.Joins.Reasons)
            await progress.WriteLineAsync($"A join failed: {reason}");
        await Task.Delay(Breath, cancellationToken);
        return storm;
    }

    private static async Task ShowWhileAsync(Task work, Fleet fleet, TextWriter progress, CancellationToken cancellationToken)
    {
        while (await Task.WhenAny(work, Task.Delay(ProgressInterval, cancellationToken)) != work && !cancellationToken.IsCancellationRequested)
        {
            var (sent, received, p99) = await fleet.PeekAsync();
            await progress.WriteLineAsync(
                $"{fleet.Joins.Count} joined, {fleet.Joins.Failures} failed; {sent} packets sent, {received} heard, delay p99 {p99.TotalMilliseconds:F2} ms");
        }

        await work;
    }
}
