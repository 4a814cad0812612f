using Ttm.Net;
using Ttm.Rtc;
using Ttm.Sfu.Media.Flight;

namespace Ttm.Sfu.Lessons;

/// <summary>What an operator may see of one lesson's connections.</summary>
internal sealed class LessonWatch(string lesson, Roster roster, WallClock wall, LessonContext context)
{
    /// <summary>On the loop.</summary>
    public LessonReport Report(LessonSnapshot snapshot, string? recording, Instant now) => new(
        snapshot,
        recording,
        [.. roster.All.Where(session => session.Media.Loop is not null).Select(session => new ParticipantReport(session.Owner, session.Media.Report(now)))]);

    /// <summary>Of the sessions that have ended, as far as they are kept, and of those that are there.</summary>
    public async Task<IReadOnlyList<FlightLog>> TakeFlightsAsync()
    {
        var kept = context.Flights.Find(lesson);
        var open = await context.Port.InvokeAsync((_, now) => roster.All.Select(session => Log(session, session.Media.Flight.Take(now), null)).ToList());
        return [.. kept, .. open];
    }

    /// <summary>Once the loop is done with it.</summary>
    public void Keep(LessonSession session, string closeReason) =>
        context.Flights.Keep(Log(session, session.Media.Flight.Take(context.Port.Clock.Now), closeReason));

    private FlightLog Log(LessonSession session, FlightRecording recording, string? closeReason) =>
        new(lesson, session.Owner, wall.At(recording.Start), closeReason, recording);
}
