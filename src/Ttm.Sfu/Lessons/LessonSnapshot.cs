namespace Ttm.Sfu.Lessons;

public enum LessonState
{
    Live,
    Ended,
}

/// <summary>A lesson at one instant; immutable, swapped whole.</summary>
/// <param name="Listener">The student who hears the teacher now, or null.</param>
/// <param name="IsRecorded">False: nothing that is said or typed in it touches the disk, and it ends with the process.</param>
public sealed record LessonSnapshot(
    string Id,
    LessonState State,
    DateTimeOffset StartedAt,
    DateTimeOffset? EndedAt,
    TeacherSnapshot? Teacher,
    IReadOnlyList<StudentSnapshot> Students,
    string? Listener,
    IReadOnlyDictionary<string, string> Metadata,
    bool IsRecorded = true);

/// <param name="Muted">As the teacher's side has said it; a new connection begins unmuted.</param>
public sealed record TeacherSnapshot(string Id, bool Connected, bool Muted = false);

public sealed record StudentSnapshot(string Id, bool Connected, bool Listening);
