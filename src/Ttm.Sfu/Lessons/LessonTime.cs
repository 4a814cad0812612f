namespace Ttm.Sfu.Lessons;

/// <summary>
/// A lesson's beginning and end are whole milliseconds, as they are told and kept, and everything in between stays in between.
/// </summary>
internal static class LessonTime
{
    public static DateTimeOffset Floor(DateTimeOffset time) => time.AddTicks(-(time.Ticks % TimeSpan.TicksPerMillisecond));

    public static DateTimeOffset Ceiling(DateTimeOffset time) => Floor(time.AddTicks(TimeSpan.TicksPerMillisecond - 1));
}
