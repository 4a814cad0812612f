namespace Ttm.Recorder.Recordings;

/// <summary>Which recordings are looked for; what is null does not matter.</summary>
public sealed record RecordingQuery
{
    public string? Lesson { get; init; }

    public string? Teacher { get; init; }

    public string? Student { get; init; }

    public RecordingStatus? Status { get; init; }

    /// <summary>Begun then or later.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Begun before.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>Only those behind this id, in the order of the answer: the last id of the page before.</summary>
    public string? After { get; init; }

    /// <summary>How many at most.</summary>
    public required int Limit { get; init; }

    /// <summary>Newest first, which is the order of the ids.</summary>
    public IReadOnlyList<Recording> Select(IEnumerable<Recording> recordings) =>
        [.. recordings.Where(Matches).OrderByDescending(recording => recording.Id, StringComparer.Ordinal).Take(Limit)];

    private bool Matches(Recording recording) =>
        (Lesson is null || recording.Lesson == Lesson)
        && (Teacher is null || recording.Teacher == Teacher)
        && (Student is null || recording.Student == Student)
        && (Status is null || recording.Status == Status)
        && (From is null || recording.StartedAt >= From)
        && (To is null || recording.StartedAt < To)
        && (After is null || string.CompareOrdinal(recording.Id, After) < 0);
}
