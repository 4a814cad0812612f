using Ttm.Sfu.Media;

namespace Ttm.Sfu.Lessons;

/// <summary>A live lesson at one moment, with its connections; for an operator.</summary>
/// <param name="Recording">The id of the recording that runs, or null.</param>
/// <param name="Sessions">Those that are there, connected or connecting.</param>
public sealed record LessonReport(LessonSnapshot Lesson, string? Recording, IReadOnlyList<ParticipantReport> Sessions);

public sealed record ParticipantReport(SessionOwner Owner, SessionReport Session);
