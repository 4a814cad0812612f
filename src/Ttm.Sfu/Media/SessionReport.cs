using Ttm.Rtc;

namespace Ttm.Sfu.Media;

/// <summary>How a session is at one moment, for an operator.</summary>
/// <param name="Session">As in the session URL: who has it may act in the session's name.</param>
/// <param name="Age">Since its offer.</param>
public sealed record SessionReport(string Session, RtcSessionState State, SessionPath Path, TimeSpan Age, StreamReport Stream);

/// <summary>How the audio of a session comes through. A teacher's is as it arrives here, a student's as the student's browser reports it (RFC 3550 section 6.4).</summary>
/// <param name="Packets">Received of a teacher's present stream; sent to a student, silence too.</param>
/// <param name="Lost">Of these, by the sequence numbers; negative where some came twice.</param>
/// <param name="RecentLoss">Between the last two reports, about five seconds: 0 to 1.</param>
/// <param name="Jitter">Interarrival jitter (RFC 3550 appendix A.8).</param>
/// <param name="RoundTrip">Null where nothing has measured it: it is known of students alone.</param>
/// <param name="Level">Of a teacher's loudest packet in the last one to two seconds, in dBov: 0 the loudest, −127 silence (RFC 6464). Null where no packet came or none told it.</param>
public sealed record StreamReport(long Packets, long Lost, double RecentLoss, TimeSpan Jitter, TimeSpan? RoundTrip, int? Level);
