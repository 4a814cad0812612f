using System.Collections.Concurrent;
using Ttm.Sfu.Lessons;

namespace Ttm.Server.Tests.Kit;

/// <summary>Lessons in memory, without media. An offer that contains "bad" cannot be parsed, one that contains "video" cannot be served.</summary>
internal sealed class FakeLessons(ILessonEventSink events, TimeProvider clock) : ILessons
{
    private readonly ConcurrentDictionary<string, FakeLesson> _lessons = new();
    private readonly ConcurrentQueue<string> _order = new();

    /// <summary>The node takes no more.</summary>
    public bool IsFull { get; set; }

    public string? FullReason => IsFull ? "The node is full." : null;

    /// <summary>Thrown by the next Find: a bug in the server.</summary>
    public Exception? Fault { get; set; }

    public IReadOnlyList<LessonSnapshot> List() => [.. _order.Reverse().Select(id => _lessons[id].Snapshot).DistinctBy(lesson => lesson.Id)];

    public Task<IReadOnlyList<LessonReport>> ReportAsync() =>
        Task.FromResult<IReadOnlyList<LessonReport>>([.. List().Where(lesson => lesson.State == LessonState.Live).Select(lesson => new LessonReport(lesson, null, []))]);

    public ILesson? Find(string id) => Fault is { } fault ? throw fault : _lessons.GetValueOrDefault(id);

    public LessonResult<ILesson> Create(string id, string? teacher, IReadOnlyDictionary<string, string> metadata, bool isRecorded = true)
    {
        if (_lessons.TryGetValue(id, out var live) && live.Snapshot.State == LessonState.Live)
            return LessonResult.Fail<ILesson>(LessonFailure.LessonIsLive, $"Lesson {id} is live.");
        if (IsFull)
            return LessonResult.Fail<ILesson>(LessonFailure.Full, "The node is full.");
        var lesson = new FakeLesson(id, teacher, metadata, isRecorded, events, clock);
        _lessons[id] = lesson;
        _order.Enqueue(id);
        events.Publish(new(LessonEventTypes.LessonStarted, id, clock.GetUtcNow(), lesson.Snapshot));
        return lesson;
    }

    public LessonResult<bool> CheckOffer(string offer, bool isTeacher) =>
        FakeLesson.Refuse(offer) is { } failure ? LessonResult.Fail<bool>(failure, "The offer is of no use.") : true;

    public void Restore()
    {
    }

    public Task SuspendAsync() => Task.CompletedTask;
}
