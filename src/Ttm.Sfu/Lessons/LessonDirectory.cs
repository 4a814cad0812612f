using Microsoft.Extensions.Logging;
using Ttm.Sfu.Media;

namespace Ttm.Sfu.Lessons;

/// <summary>All lessons of this node: the live ones, and the last ones that have ended.</summary>
public sealed class LessonDirectory : ILessons, IAsyncDisposable
{
    private const int EndedLimit = 1000;

    // What the loop looks at in one go, between packets.
    private const int ReportedAtOnce = 16;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Lesson> _lessons = new(StringComparer.Ordinal);
    private readonly LessonContext _context;

    public LessonDirectory(MediaPort port, IStretchRecorder recorder, ILessonEventSink events, TimeProvider time, ILogger<LessonDirectory> logger, ILessonStore? store = null)
    {
        _context = new LessonContext(port, recorder, store, events, new SessionSignals(logger), new FlightArchive(), time, logger);
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

    public async Task<IReadOnlyList<LessonReport>> ReportAsync()
    {
        Lesson[] live;
        lock (_lock)
            live = [.. _lessons.Values.Where(lesson => lesson.Snapshot.State == LessonState.Live).OrderByDescending(lesson => lesson.Snapshot.StartedAt)];
        var reports = new List<LessonReport>(live.Length);
        foreach (var some in live.Chunk(ReportedAtOnce))
            reports.AddRange(await _context.Port.InvokeAsync((_, now) => Array.ConvertAll(some, lesson => lesson.Report(now))));
        return reports;
    }

    public ILesson? Find(string id)
    {
        lock (_lock)
            return _lessons.GetValueOrDefault(id);
    }

    public LessonResult<ILesson> Create(string id, string? teacher, IReadOnlyDictionary<string, string> metadata, bool isRecorded = true)
    {
        Lesson lesson;
        lock (_lock)
        {
            if (_lessons.TryGetValue(id, out var former) && former.Snapshot.State == LessonState.Live)
                return LessonResult.Fail<ILesson>(LessonFailure.LessonIsLive, $"The lesson '{id}' is live.");
            if (LiveCount >= _context.Port.Options.MaxLessons)
                return LessonResult.Fail<ILesson>(LessonFailure.Full, "This server has as many live lessons as it takes.");

            // After the one that had its id, though the machine's clock was set back: what was said and typed belongs to one of them.
            var startedAt = LessonTime.Floor(_context.Port.Clock.StartWallClock(former?.Snapshot.EndedAt ?? DateTimeOffset.MinValue).Now);
            lesson = new Lesson(new StoredLesson(id, teacher, [], null, metadata, startedAt, null), isRecorded, _context);
            _lessons[id] = lesson;
            ForgetOldest();
        }

        lesson.Announce();
        return lesson;
    }

    public LessonResult<bool> CheckOffer(string offer, bool isTeacher)
    {
        if (_context.Port.IsFull)
            return LessonResult.Fail<bool>(LessonFailure.Full, "This server has as many connections as it takes.");
        return new SessionFactory(_context.Port).Check(offer, isTeacher);
    }

    public void Restore()
    {
        lock (_lock)
        {
            foreach (var stored in _context.Store?.Load() ?? [])
            {
                if (_lessons.TryAdd(stored.Id, new Lesson(stored, true, _context)) && stored.EndedAt is null)
                    Log.LessonRestored(_context.Logger, stored.Id, stored.Listener);
                ForgetOldest();
            }
        }
    }

    public async Task SuspendAsync()
    {
        List<Lesson> lessons;
        lock (_lock)
            lessons = [.. _lessons.Values];
        foreach (var lesson in lessons)
            await lesson.SuspendAsync();
    }

    /// <summary>Suspends what <see cref="SuspendAsync"/> has not.</summary>
    public async ValueTask DisposeAsync()
    {
        await SuspendAsync();
        await _context.Signals.DisposeAsync();
    }

    private void ForgetOldest()
    {
        if (_lessons.Count <= EndedLimit)
            return;
        var oldest = _lessons.Values.Where(lesson => lesson.Snapshot.State == LessonState.Ended).MinBy(lesson => lesson.Snapshot.EndedAt);
        if (oldest is null || !_lessons.Remove(oldest.Id))
            return;
        _context.Store?.RemoveAsync(oldest.Id);
        oldest.Dispose();
    }
}
