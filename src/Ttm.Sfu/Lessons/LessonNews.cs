using Ttm.Net;

namespace Ttm.Sfu.Lessons;

/// <summary>What one lesson tells of itself: to the application by events, to the operator by the log.</summary>
internal sealed class LessonNews(string lesson, WallClock wall, LessonContext context)
{
    public void Started(LessonSnapshot snapshot)
    {
        Log.LessonStarted(context.Logger, lesson);
        Publish(LessonEventTypes.LessonStarted, snapshot);
    }

    public void Ended(LessonSnapshot snapshot)
    {
        Publish(LessonEventTypes.LessonEnded, snapshot);
        Log.LessonEnded(context.Logger, lesson);
    }

    public void Switched(ListenerChange change)
    {
        Publish(LessonEventTypes.ListenerChanged, change);
        Log.ListenerChanged(context.Logger, lesson, change.Student, change.Recording);
    }

    public void Connected(LessonSession session)
    {
        Log.SessionConnected(context.Logger, lesson, session.Id, session.Owner.Participant);
        Publish(session.Owner.IsTeacher ? LessonEventTypes.TeacherConnected : LessonEventTypes.StudentConnected, session.Owner.ToEvent(lesson));
    }

    /// <summary>The application hears of those alone that were connected.</summary>
    public void Disconnected(LessonSession session, bool wasConnected, string reason)
    {
        Log.SessionClosed(context.Logger, lesson, session.Id, session.Owner.Participant, reason);
        if (wasConnected)
            Publish(session.Owner.IsTeacher ? LessonEventTypes.TeacherDisconnected : LessonEventTypes.StudentDisconnected, session.Owner.ToEvent(lesson));
    }

    public void Muted(SessionOwner teacher, bool muted) =>
        Publish(muted ? LessonEventTypes.TeacherMuted : LessonEventTypes.TeacherUnmuted, teacher.ToEvent(lesson));

    private void Publish(string type, object data) => context.Events.Publish(new LessonEvent(type, lesson, wall.Now, data));
}
