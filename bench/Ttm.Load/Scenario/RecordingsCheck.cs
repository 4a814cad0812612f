using Ttm.Load.Api;

namespace Ttm.Load.Scenario;

/// <summary>Whether every switch became a whole MP3 of the right length.</summary>
/// <param name="Expected">Recordings that PUT listener promised.</param>
/// <param name="Whole">Of these, those whose MP3 is whole.</param>
/// <param name="Stored">Of these, those that the object store has.</param>
/// <param name="WrongDuration">Whole ones that differ from the time between their two switches by more than <see cref="Tolerance"/>.</param>
/// <param name="WorstDifference">The largest such difference.</param>
/// <param name="PacketsLost">As the recordings themselves tell.</param>
internal sealed record RecordingsCheck(int Expected, int Whole, int Stored, int WrongDuration, TimeSpan WorstDifference, long PacketsLost)
{
    public static readonly TimeSpan Tolerance = TimeSpan.FromMilliseconds(50);

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(500);

    /// <summary>Waits for the recordings of lessons whose listener has been taken away.</summary>
    public static async Task<RecordingsCheck> RunAsync(IReadOnlyList<LessonLoad> lessons, ServerApi api, TimeSpan patience, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(patience);
        var total = new RecordingsCheck(0, 0, 0, 0, TimeSpan.Zero, 0);
        foreach (var lesson in lessons)
            total = total.And(await CheckAsync(lesson, api, deadline.Token, cancellationToken));
        return total;
    }

    private static async Task<RecordingsCheck> CheckAsync(LessonLoad lesson, ServerApi api, CancellationToken deadline, CancellationToken cancellationToken)
    {
        var promised = lesson.Switches.Where(made => made.Recording is not null).ToList();
        if (promised.Count == 0)
            return new RecordingsCheck(0, 0, 0, 0, TimeSpan.Zero, 0);
        var found = await api.ListRecordingsAsync(lesson.Id, cancellationToken);
        while (found.Any(recording => recording.Status != "stored" && recording.Status != "failed") && !deadline.IsCancellationRequested)
        {
            await Task.Delay(Poll, cancellationToken);
            found = await api.ListRecordingsAsync(lesson.Id, cancellationToken);
        }

        return Compare(promised, found.ToDictionary(recording => recording.Id));
    }

    private static RecordingsCheck Compare(List<SwitchMade> promised, Dictionary<string, RecordingAnswer> found)
    {
        var result = new RecordingsCheck(promised.Count, 0, 0, 0, TimeSpan.Zero, 0);
        for (int index = 0; index < promised.Count; index++)
        {
            if (!found.TryGetValue(promised[index].Recording!, out var recording) || !recording.IsWhole)
                continue;

            // Where the last one ended is known to the recording alone.
            var end = index + 1 < promised.Count ? promised[index + 1].At : recording.EndedAt ?? recording.StartedAt;
            var difference = (end - promised[index].At - TimeSpan.FromSeconds(recording.Duration ?? 0)).Duration();
            result = result.And(new RecordingsCheck(
                0, 1, recording.Status == "stored" ? 1 : 0, difference > Tolerance ? 1 : 0, difference, recording.Quality?.PacketsLost ?? 0));
        }

        return result;
    }

    private RecordingsCheck And(RecordingsCheck other) => new(
        Expected + other.Expected,
        Whole + other.Whole,
        Stored + other.Stored,
        WrongDuration + other.WrongDuration,
        other.WorstDifference > WorstDifference ? other.WorstDifference : WorstDifference,
        PacketsLost + other.PacketsLost);
}
