using Ttm.Recorder.Recordings;
using Ttm.Server.Api.Lessons;
using Ttm.Server.Events;
using Ttm.Server.Messages;
using Ttm.Sfu.Lessons;

namespace Ttm.Server.Recordings;

/// <summary>Tells the recorder that a lesson is over and what was typed in it: for the manifest and the whole lesson's MP3.</summary>
internal sealed class LessonEnds(RecorderService recorder, MessageBook messages) : IEventConsumer
{
    public void Accept(PublishedEvent published)
    {
        if (published is { Type: LessonEventTypes.LessonEnded, Data: LessonView { Record: not false, EndedAt: { } endedAt } lesson })
            Tell(lesson.Id, lesson.StartedAt, endedAt);
    }

    /// <summary>At start, of a lesson that has ended: an earlier process may have brought the end to its disk and no longer into the books.</summary>
    public void CatchUp(LessonSnapshot lesson)
    {
        if (lesson.EndedAt is { } endedAt && recorder.AwaitsEnd(lesson.Id, lesson.StartedAt, endedAt))
            Tell(lesson.Id, lesson.StartedAt, endedAt);
    }

    private void Tell(string lesson, DateTimeOffset startedAt, DateTimeOffset endedAt)
    {
        var typed = messages.List(lesson)
            .Where(message => message.At >= startedAt)
            .Select(message => new LessonMessage(message.Id, message.From, message.Text, message.At));
        recorder.LessonEnded(lesson, startedAt, endedAt, [.. typed]);
    }
}
