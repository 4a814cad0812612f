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
        if (published is not { Type: LessonEventTypes.LessonEnded, Data: LessonView { EndedAt: { } endedAt } lesson })
            return;
        var typed = messages.List(lesson.Id)
            .Where(message => message.At >= lesson.StartedAt)
            .Select(message => new LessonMessage(message.Id, message.From, message.Text, message.At));
        recorder.LessonEnded(lesson.Id, lesson.StartedAt, endedAt, [.. typed]);
    }
}
