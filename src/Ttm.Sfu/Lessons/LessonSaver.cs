using Microsoft.Extensions.Logging;

namespace Ttm.Sfu.Lessons;

/// <summary>Saves one lesson when something of it has changed that outlives the process. A disk that hangs delays an answer a little, and never the lesson.</summary>
internal sealed class LessonSaver(ILessonStore store, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(250);

    private (string? Teacher, int Students, string? Listener, DateTimeOffset? EndedAt, DateTimeOffset? SwitchedAt)? _saved;

    /// <summary>Ends when it is saved, or has taken too long; calls are made one after another, the tasks may be awaited at leisure.</summary>
    public async Task SaveAsync(StoredLesson lesson)
    {
        // The roster only grows.
        var state = (lesson.Teacher, lesson.Students.Count, lesson.Listener, lesson.EndedAt, lesson.SwitchedAt);
        if (_saved == state)
            return;
        _saved = state;
        try
        {
            await store.SaveAsync(lesson).WaitAsync(Patience, time);
        }
        catch (TimeoutException)
        {
            Log.SaveIsSlow(logger, lesson.Id);
        }
    }
}
