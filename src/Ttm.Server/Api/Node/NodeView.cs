using System.Text.Json.Serialization;
using Ttm.Rtc;
using Ttm.Sfu.Lessons;
using Ttm.Sfu.Media;

namespace Ttm.Server.Api.Node;

/// <summary>This server at one moment, as a supervisor sees it.</summary>
/// <param name="Reasons">Why no new lessons are taken; empty where they are.</param>
/// <param name="Warnings">What should be mended although lessons go on.</param>
/// <param name="LoopLag">Seconds: the longest that a packet waited for the media loop in the last five.</param>
/// <param name="Memory">Bytes that the process has in memory.</param>
/// <param name="Disk">Null where nothing is recorded.</param>
/// <param name="Lessons">The live ones, newest first.</param>
internal sealed record NodeView(
    string Version,
    DateTimeOffset StartedAt,
    bool Ready,
    IReadOnlyList<string> Reasons,
    IReadOnlyList<string> Warnings,
    CpuView Cpu,
    double LoopLag,
    long Memory,
    DiskView? Disk,
    UploadsView Uploads,
    IReadOnlyList<SessionCountView> Sessions,
    IReadOnlyList<NodeLessonView> Lessons);

/// <param name="Used">Of this process over the last five seconds, in cores: 1 is one whole core.</param>
/// <param name="Cores">How many it may use.</param>
internal sealed record CpuView(double Used, int Cores);

/// <param name="SpoolBytes">Of recordings that are not stored yet, and what else must outlive the process.</param>
internal sealed record DiskView(long SpoolBytes, long FreeBytes);

/// <param name="Waiting">MP3s on their way to the object store.</param>
/// <param name="OldestAge">Seconds that the oldest of them has waited; 0 where there is none.</param>
internal sealed record UploadsView(int Waiting, double OldestAge);

/// <param name="State"><c>connecting</c> or <c>connected</c>.</param>
/// <param name="Path">See <see cref="TeacherLinkView"/>.</param>
internal sealed record SessionCountView(string State, string? Path, int Count);

/// <param name="Teacher">Null where there is none yet.</param>
/// <param name="Students">Everybody on the roster, connected or not.</param>
/// <param name="Recording">The id of the recording that runs, or null.</param>
internal sealed record NodeLessonView(
    string Id,
    DateTimeOffset StartedAt,
    TeacherLinkView? Teacher,
    string? Listener,
    string? Recording,
    IReadOnlyList<StudentLinkView> Students,
    IReadOnlyDictionary<string, string> Metadata)
{
    public static NodeLessonView From(LessonReport report)
    {
        var lesson = report.Lesson;
        var open = report.Sessions.Where(one => one.Session.State != RtcSessionState.Closed).ToLookup(one => one.Owner, one => one.Session);
        return new(
            lesson.Id,
            lesson.StartedAt,
            lesson.Teacher is { } teacher ? TeacherLinkView.From(teacher, open[new(teacher.Id, true)].FirstOrDefault()) : null,
            lesson.Listener,
            report.Recording,
            [.. lesson.Students.Select(student => StudentLinkView.From(student, open[new(student.Id, false)].FirstOrDefault()))],
            lesson.Metadata);
    }
}

/// <summary>The teacher's connection; what is not known is null, and without a connection all but the first two.</summary>
/// <param name="Path"><c>udp</c>, <c>ice-tcp</c>, <c>ice-tls</c>, <c>turn-udp</c>, <c>turn-tcp</c> or <c>turn-tls</c>.</param>
/// <param name="ConnectedFor">Seconds since its offer.</param>
/// <param name="Level">Loudest in the last one to two seconds, in dBov: 0 the loudest, −127 silence (RFC 6464).</param>
/// <param name="PacketsReceived">Of the present stream.</param>
/// <param name="PacketsLost">Of the present stream.</param>
/// <param name="Loss">Of the packets of the last five seconds: 0 to 1.</param>
/// <param name="Jitter">Seconds.</param>
internal sealed record TeacherLinkView(
    string Id, bool Connected, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool Muted, string? Path, double? ConnectedFor, int? Level, long? PacketsReceived, long? PacketsLost, double? Loss, double? Jitter)
{
    public static TeacherLinkView From(TeacherSnapshot teacher, SessionReport? session) => new(
        teacher.Id,
        teacher.Connected,
        teacher.Muted,
        session is null ? null : PathNames.Of(session.Path),
        session?.Age.TotalSeconds,
        session?.Stream.Level,
        session?.Stream.Packets,
        session?.Stream.Lost,
        session?.Stream.RecentLoss,
        session?.Stream.Jitter.TotalSeconds);
}

/// <summary>A student's connection, as the student's browser reports it.</summary>
/// <param name="PacketsSent">Silence too.</param>
/// <param name="RoundTrip">Seconds; null until the browser has told.</param>
internal sealed record StudentLinkView(
    string Id, bool Connected, bool Listening, string? Path, double? ConnectedFor, long? PacketsSent, long? PacketsLost, double? Loss, double? Jitter, double? RoundTrip)
{
    public static StudentLinkView From(StudentSnapshot student, SessionReport? session) => new(
        student.Id,
        student.Connected,
        student.Listening,
        session is null ? null : PathNames.Of(session.Path),
        session?.Age.TotalSeconds,
        session?.Stream.Packets,
        session?.Stream.Lost,
        session?.Stream.RecentLoss,
        session?.Stream.Jitter.TotalSeconds,
        session?.Stream.RoundTrip?.TotalSeconds);
}

/// <summary>What the paths are called, in the API and in metrics.</summary>
internal static class PathNames
{
    /// <summary>Null where there is no path yet.</summary>
    public static string? Of(SessionPath path) => path switch
    {
        SessionPath.None => null,
        SessionPath.Udp => "udp",
        SessionPath.IceTcp => "ice-tcp",
        SessionPath.IceTls => "ice-tls",
        SessionPath.TurnUdp => "turn-udp",
        SessionPath.TurnTcp => "turn-tcp",
        _ => "turn-tls",
    };
}
