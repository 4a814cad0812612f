namespace Ttm.Sfu.Lessons;

/// <summary>What of a lesson outlives the process.</summary>
/// <param name="Students">Everybody on the roster, in the order in which they came.</param>
/// <param name="Listener">Who is selected; still is after a restart.</param>
/// <param name="EndedAt">Null while it is live.</param>
/// <param name="SwitchedAt">When the listener was selected; whatever goes on after a restart is no earlier. Null where nobody ever was.</param>
public sealed record StoredLesson(
    string Id,
    string? Teacher,
    IReadOnlyList<string> Students,
    string? Listener,
    IReadOnlyDictionary<string, string> Metadata,
    DateTimeOffset StartedAt,
    DateTimeOffset? EndedAt,
    DateTimeOffset? SwitchedAt = null);

/// <summary>Keeps lessons over a restart. Called by lessons' control code, never from the media loop. Trouble is the store's own: it logs it and throws nothing.</summary>
public interface ILessonStore
{
    /// <summary>Once, at start.</summary>
    IReadOnlyList<StoredLesson> Load();

    /// <summary>In place of what was saved of this lesson; calls take effect in their order. The task ends when it is on disk, or cannot be.</summary>
    Task SaveAsync(StoredLesson lesson);

    Task RemoveAsync(string lesson);
}
