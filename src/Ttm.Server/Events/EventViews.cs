using System.Text.Json.Serialization;
using Ttm.Server.Api.Lessons;
using Ttm.Server.Messages;
using Ttm.Sfu.Lessons;

namespace Ttm.Server.Events;

/// <summary>The <c>data</c> of each event: whole, and as one student may see it.</summary>
internal static class EventViews
{
    /// <summary>From what the lessons publish to what the API shows.</summary>
    public static object Of(object data) => data switch
    {
        LessonSnapshot lesson => LessonView.From(lesson),
        ListenerChange change => ListenerView.From(change),
        ParticipantEvent participant => new ParticipantView(participant.Lesson, participant.Teacher, participant.Student),
        _ => data,
    };

    /// <summary>
    /// Null hides the event. A student learns of the lesson, the teacher, itself and its own messages. When another one is selected,
    /// only the one who listened until then is told, and only that nobody it knows of listens now.
    /// </summary>
    public static object? ForStudent(object data, string student, string? previousListener) => data switch
    {
        LessonView lesson => lesson.For(student),
        ParticipantView participant => participant.Student is null || participant.Student == student ? participant : null,
        ListenerView change when change.Student == student => change with { Recording = null },
        ListenerView change => previousListener == student ? change with { Student = null, Connected = false, Recording = null } : null,
        Message message => message.From == student ? message : null,
        _ => null,
    };
}

/// <summary>Data of the teacher and student events.</summary>
internal sealed record ParticipantView(
    string Lesson,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Teacher,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Student);
