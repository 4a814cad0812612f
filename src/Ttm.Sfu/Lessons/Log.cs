using Microsoft.Extensions.Logging;

namespace Ttm.Sfu.Lessons;

internal static partial class Log
{
    [LoggerMessage(20, LogLevel.Information, "Lesson {Lesson} started")]
    public static partial void LessonStarted(ILogger logger, string lesson);

    [LoggerMessage(21, LogLevel.Information, "Lesson {Lesson} ended")]
    public static partial void LessonEnded(ILogger logger, string lesson);

    [LoggerMessage(22, LogLevel.Information, "Lesson {Lesson}: session {Session} of {Participant} is connected")]
    public static partial void SessionConnected(ILogger logger, string lesson, string session, string participant);

    [LoggerMessage(23, LogLevel.Information, "Lesson {Lesson}: session {Session} of {Participant} is closed: {Reason}")]
    public static partial void SessionClosed(ILogger logger, string lesson, string session, string participant, string reason);

    [LoggerMessage(24, LogLevel.Information, "Lesson {Lesson}: the listener is {Student}, recording {Recording}")]
    public static partial void ListenerChanged(ILogger logger, string lesson, string? student, string? recording);

    [LoggerMessage(26, LogLevel.Information, "Lesson {Lesson} is back; the listener is {Student}")]
    public static partial void LessonRestored(ILogger logger, string lesson, string? student);

    [LoggerMessage(27, LogLevel.Warning, "Lesson {Lesson}: the disk takes long to save its state")]
    public static partial void SaveIsSlow(ILogger logger, string lesson);

    [LoggerMessage(25, LogLevel.Error, "Lesson {Lesson}: a fault while handling a session's change of state")]
    public static partial void SignalFault(ILogger logger, string lesson, Exception fault);
}
