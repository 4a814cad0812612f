using Ttm.Recorder.Recordings;
using Ttm.Server.Api.Lessons;
using Ttm.Sfu.Lessons;

namespace Ttm.Server.Events;

/// <summary>What a lesson's events, read in order, say of it: is it live, who listens, which recordings are still on their way.</summary>
internal sealed class LessonProgress
{
    private readonly HashSet<string> _unsettled = new(StringComparer.Ordinal);

    public bool IsLive { get; set; }

    public string? Listener { get; private set; }

    /// <summary>False where the lesson is not recorded, and nothing of it may touch the disk. Such a lesson does not outlive the process.</summary>
    public bool IsKept { get; private set; } = true;

    /// <summary>The lesson is over, and no event of a recording is to be expected any more.</summary>
    public bool IsOver => !IsLive && _unsettled.Count == 0;

    public void Resume(string? listener) => (IsLive, Listener) = (true, listener);

    public LessonProgress Copy()
    {
        var copy = new LessonProgress { IsLive = IsLive, Listener = Listener, IsKept = IsKept };
        copy._unsettled.UnionWith(_unsettled);
        return copy;
    }

    public void Apply(PublishedEvent published)
    {
        switch (published.Type)
        {
            case LessonEventTypes.LessonStarted:
                IsLive = true;
                IsKept = published.IsKept;
                break;
            case LessonEventTypes.LessonEnded:
                IsLive = false;
                Listener = null;
                break;
            case LessonEventTypes.ListenerChanged when published.Data is ListenerView change:
                Listener = change.Student;

                // Its own recording.started follows, perhaps only after lesson.ended.
                if (change.Recording is { } expected)
                    _unsettled.Add(expected);
                break;
            case RecordingEventTypes.Started or RecordingEventTypes.Finished when published.Recording is { } begun:
                _unsettled.Add(begun);
                break;
            case RecordingEventTypes.Stored or RecordingEventTypes.Failed when published is { Recording: { } settled, IsPartialLoss: false }:
                _unsettled.Remove(settled);
                break;
        }
    }
}
