using Ttm.Sfu.Media.Flight;

namespace Ttm.Sfu.Lessons;

/// <summary>What a participant's connection has gone through lately.</summary>
/// <param name="StartedAt">Of the session: its events count from here.</param>
/// <param name="CloseReason">Why it has ended; null while it has not.</param>
public sealed record FlightLog(string Lesson, SessionOwner Owner, DateTimeOffset StartedAt, string? CloseReason, FlightRecording Recording);
