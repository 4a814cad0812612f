using Microsoft.Extensions.Logging;
using Ttm.Sfu.Media;

namespace Ttm.Sfu.Lessons;

/// <summary>All lessons of this node, in memory: the live ones, and the last ones that have ended.</summary>
public sealed class LessonDirectory : ILessons, IAsyncDisposable
{
    private const int EndedLimit = 1000;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Lesson> _lessons = new(StringComparer.Ordinal);
    private readonly LessonContext _context;

    public LessonDirectory(MediaPort port, IStretchRecorder recorder, ILessonEventSink events, TimeProvider time, ILogger<LessonDirectory> logger)
    {
        _context = new LessonContext(port, recorder, events, new SessionSignals(logger), time, logger);
    }

    public int LiveCount
    {
        get
        {
            lock (_lock)
                return _lessons.Values.Count(lesson => lesson.Snapshot.State == LessonState.Live);
        }
    }

    public string? FullReason =>
        LiveCount >= _context.Port.Options.MaxLessons ? "This server has as many live lessons as it takes."
        : _context.Port.IsFull ? "This server has as many connections as it takes."
        : null;

    public IReadOnlyList<LessonSnapshot> List()
    {
        lock (_lock)
            return [.. _lessons.Values.Select(lesson => lesson.Snapshot).OrderByDescending(snapshot => snapshot.StartedAt)];
    }

    public ILesson? Find(string id)
    {
        lock (_lock)
            return _lessons.GetValueOrDefault(id);
    }

    public LessonResult<ILesson> Create(string id, string? teacher, IReadOnlyDictionary<string, string> metadata)
    {
        Lesson lesson;
        lock (_lock)
        {
            if (_lessons.TryGetValue(id, out var former) && former.Snapshot.State == LessonState.Live)
                return LessonResult.Fail<ILesson>(LessonFailure.LessonIsLive, $"The lesson '{id}' is live.");
            if (LiveCount >= _context.Port.Options.MaxLessons)
                return LessonResult.Fail<ILesson>(LessonFailure.Full, "This server has as many live lessons as it takes.");
            lesson = new Lesson(id, teacher, metadata, _context);
            _lessons[id] = lesson;
            ForgetOldest();
        }

        lesson.Announce();
        return lesson;
    }

    /// <summary>Ends every live lesson.</summary>
    public async ValueTask DisposeAsync()
    {
        List<Lesson> lessons;
        lock (_lock)
            lessons = [.. _lessons.Values];
        foreach (var lesson in lessons)
            await lesson.EndAsync();
        await _context.Signals.DisposeAsync();
    }

    private void ForgetOldest()
    {
        if (_lessons.Count <= EndedLimit)
            return;
        var oldest = _lessons.Values.Where(lesson => lesson.Snapshot.State == LessonState.Ended).MinBy(lesson => lesson.Snapshot.EndedAt);
        if (oldest is not null && _lessons.Remove(oldest.Id))
            oldest.Dispose();
    }
}
