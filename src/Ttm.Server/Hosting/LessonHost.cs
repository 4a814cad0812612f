using Ttm.Recorder.Recordings;
using Ttm.Server.Configuration;
using Ttm.Server.Events;
using Ttm.Server.Messages;
using Ttm.Server.Recordings;
using Ttm.Sfu.Lessons;

namespace Ttm.Server.Hosting;

/// <summary>
/// Brings the lessons back at start, after the recorder has taken the spool, and suspends them before the recorder stops: their recordings are
/// finished, the lessons go on after the next start.
/// </summary>
internal sealed class LessonHost(ILessons lessons, EventHub events, LessonEnds ends, RecordingOptions recording, MessageFiles messages) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            Restore();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StartException($"The lessons and messages in Recording:Spool ({recording.Spool}) cannot be read: {exception.Message}");
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => lessons.SuspendAsync();

    private void Restore()
    {
        lessons.Restore();
        foreach (var lesson in lessons.List())
        {
            if (lesson.State == LessonState.Live)
                events.Resume(lesson);
            else
                ends.CatchUp(lesson);
        }

        if (recording.Enabled)
            messages.Trim(MessageBook.Lessons);
    }
}
