using System.Text.Json.Serialization;
using Ttm.Sfu.Lessons;

namespace Ttm.Server.Api.Lessons;

/// <summary>A lesson as the API shows it.</summary>
/// <param name="Record">False where nothing is recorded, else not shown.</param>
internal sealed record LessonView(
    string Id,
    LessonState State,
    DateTimeOffset StartedAt,
    DateTimeOffset? EndedAt,
    TeacherView? Teacher,
    IReadOnlyList<StudentView> Students,
    string? Listener,
    IReadOnlyDictionary<string, string> Metadata,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] bool? Record = null)
{
    public static LessonView From(LessonSnapshot lesson) => new(
        lesson.Id,
        lesson.State,
        lesson.StartedAt,
        lesson.EndedAt,
        lesson.Teacher is { } teacher ? new(teacher.Id, teacher.Connected, teacher.Muted) : null,
        [.. lesson.Students.Select(student => new StudentView(student.Id, student.Connected, student.Listening))],
        lesson.Listener,
        lesson.Metadata,
        lesson.IsRecorded ? null : false);

    /// <summary>Metadata under this prefix and an id is that person's display name: a convention of the bundled pages.</summary>
    private const string NamePrefix = "name.";

    /// <summary>The lesson as one student may see it: no other student's name.</summary>
    public LessonView For(string student) => this with
    {
        Students = [.. Students.Where(one => one.Id == student)],
        Listener = Listener == student ? student : null,
        Metadata = Metadata.Where(pair => IsVisible(pair.Key, student)).ToDictionary(StringComparer.Ordinal),
    };

    private bool IsVisible(string key, string student) =>
        !key.StartsWith(NamePrefix, StringComparison.Ordinal) || key[NamePrefix.Length..] == student || key[NamePrefix.Length..] == Teacher?.Id;
}

/// <param name="Muted">True where the teacher's side has said so with PUT mute, else not shown.</param>
internal sealed record TeacherView(string Id, bool Connected, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool Muted = false);

/// <summary>The answer of PUT mute.</summary>
internal sealed record MuteView(string Lesson, string Teacher, bool Muted);

internal sealed record StudentView(string Id, bool Connected, bool Listening);

/// <summary>The answer of PUT listener, and the data of <c>listener.changed</c>.</summary>
internal sealed record ListenerView(string Lesson, string? Student, bool Connected, string? Recording, DateTimeOffset SwitchedAt)
{
    public static ListenerView From(ListenerChange change) =>
        new(change.Lesson, change.Student, change.Connected, change.Recording, change.SwitchedAt);
}
