namespace Ttm.Sfu.Lessons;

/// <summary>Something the application may want to know. The server turns it into SSE and webhooks.</summary>
/// <param name="Type">One of <see cref="LessonEventTypes"/>.</param>
/// <param name="Lesson">The lesson's id.</param>
/// <param name="Timestamp">Wall time, UTC.</param>
/// <param name="Data">A record that serialises to the event's <c>data</c>.</param>
public sealed record LessonEvent(string Type, string Lesson, DateTimeOffset Timestamp, object Data);

public static class LessonEventTypes
{
    public const string LessonStarted = "lesson.started";
    public const string LessonEnded = "lesson.ended";
    public const string TeacherConnected = "teacher.connected";
    public const string TeacherDisconnected = "teacher.disconnected";
    public const string TeacherMuted = "teacher.muted";
    public const string TeacherUnmuted = "teacher.unmuted";
    public const string StudentConnected = "student.connected";
    public const string StudentDisconnected = "student.disconnected";
    public const string ListenerChanged = "listener.changed";
}

/// <summary>Data of the teacher and student events.</summary>
public sealed record ParticipantEvent(string Lesson, string? Teacher, string? Student);

/// <summary>Where the lessons say what happened. Called in order per lesson, from control code, never from the media loop; must not block.</summary>
public interface ILessonEventSink
{
    void Publish(LessonEvent lessonEvent);
}
