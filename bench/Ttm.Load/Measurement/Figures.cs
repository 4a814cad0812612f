using System.Text.Json.Nodes;
using Ttm.Load.Scenario;

namespace Ttm.Load.Measurement;

/// <summary>Puts what was measured into a <see cref="Report"/>.</summary>
internal static class Figures
{
    private const double Mebi = 1024 * 1024;

    public static void AddJoins(this Report report, JoinTally joins, Tally meanwhile)
    {
        report.Add("joins", "joins", joins.Count);
        report.Add("joins failed", "joinsFailed", joins.Failures);
        report.Add("POST to media, teachers", "joinTeacherMs", joins.Teachers);
        report.Add("POST to first packet, students", "joinStudentMs", joins.Students);
        report.Add("packets lost while others joined", "lostWhileJoining", meanwhile.Lost);
        report.Add("longest gap in a lesson while others joined", "gapWhileJoiningMs", meanwhile.Gaps.Max.TotalMilliseconds, "F1", " ms");
        report.Add("gaps over 40 ms while others joined", "gapsOver40msWhileJoining", meanwhile.AudibleGaps);
    }

    public static void AddStorm(this Report report, StormResult storm)
    {
        report.Add("joins into running lessons", "stormJoins", storm.Joins.Count);
        report.Add("of these failed", "stormJoinsFailed", storm.Joins.Failures);
        report.Add("they took", "stormSeconds", storm.Took.TotalSeconds, "F1", " s");
        report.Add("POST to first packet, of these", "stormJoinMs", storm.Joins.Students);
        report.Add("packets lost meanwhile", "stormLost", storm.Meanwhile.Lost);
        report.Add("one-way delay meanwhile", "stormDelayMs", storm.Meanwhile.Delay);
        report.Add("longest gap in a lesson meanwhile", "stormGapMs", storm.Meanwhile.Gaps.Max.TotalMilliseconds, "F1", " ms");
        report.Add("gaps over 40 ms meanwhile", "stormGapsOver40ms", storm.Meanwhile.AudibleGaps);
    }

    public static void AddRound(this Report report, RoundResult round)
    {
        var tally = round.Tally;
        report.Add("measured", "seconds", round.Took.TotalSeconds, "F1", " s");
        report.Add("packets sent", "packetsSent", tally.Sent);
        report.Add("packets received", "packetsReceived", tally.Received);
        report.Add("packets lost", "packetsLost", tally.Lost);
        report.Add("duplicates", "duplicates", tally.Duplicates);
        report.Add("heard by the wrong student", "misdirected", tally.Misdirected);
        report.Add("one-way delay", "delayMs", tally.Delay);
        report.Add("the same through a bare relay", "bareDelayMs", tally.BareDelay);
        report.AddDifference("delay added by the server", "delayAddedMs", tally.Delay, tally.BareDelay);
        report.Add("longest gap in a lesson", "gapMs", tally.Gaps.Max.TotalMilliseconds, "F1", " ms");
        report.Add("gaps over 40 ms", "gapsOver40ms", tally.AudibleGaps);
        report.Add("PUT listener to first packet", "switchMs", tally.Switch);
        report.Add("PUT listener to its answer", "switchAnswerMs", tally.SwitchAnswer);
        report.Add("switches failed", "switchesFailed", tally.SwitchFailures);
        report.Add("packets left late", "latenessMs", tally.Lateness);
        report.Add("server CPU per lesson", "serverCpuPerLesson", round.PerLesson(round.ServerCpu), "F3", " % of a core");
        report.Add("of it the media loop", "loopCpuPerLesson", round.PerLesson(round.LoopCpu), "F3", " % of a core");
        report.Add("of it the transcoders", "transcoderCpuPerLesson", round.PerLesson(round.TranscoderCpu), "F3", " % of a core");
        report.Add("server CPU", "serverCpu", round.ServerCpu / round.Took * 100, "F1", " % of a core");
        report.Add("media loop woken", "loopWakesPerSecond", round.LoopWakesPerSecond, "F0", " times a second");
        report.Add("this tool's CPU", "ownCpu", round.OwnCpu / round.Took * 100, "F1", " % of a core");
        report.Add("others' CPU on this machine", "othersCpu", round.Others, "F1", " % of a core");
    }

    public static void AddMemory(this Report report, ServerSample? empty, ServerSample? full, int lessons)
    {
        if (empty is null || full is null)
            return;
        report.Add("server's resident memory", "serverMemoryMiB", full.ResidentBytes / Mebi, "F1", " MiB");
        report.Add("of it per lesson", "memoryPerLessonMiB", (full.ResidentBytes - empty.ResidentBytes) / Mebi / lessons, "F3", " MiB");
    }

    public static void AddRecordings(this Report report, RecordingsCheck check)
    {
        if (check.Expected == 0)
            return;
        report.Add("recordings", "recordings", check.Expected);
        report.Add("recordings whole", "recordingsWhole", check.Whole);
        report.Add("recordings stored", "recordingsStored", check.Stored);
        report.Add("recordings more than 50 ms off", "recordingsWrongDuration", check.WrongDuration);
        report.Add("largest difference in duration", "recordingsWorstDifferenceMs", check.WorstDifference.TotalMilliseconds, "F1", " ms");
        report.Add("packets lost by recordings", "recordingsPacketsLost", check.PacketsLost);
    }

    public static JsonObject ToJson(this RoundResult round) => new()
    {
        ["lessons"] = round.Lessons,
        ["holds"] = round.Holds,
        ["packetsSent"] = round.Tally.Sent,
        ["packetsLost"] = round.Tally.Lost,
        ["delayP99Ms"] = Math.Round(round.Tally.Delay.Quantile(0.99).TotalMilliseconds, 4),
        ["serverCpu"] = round.ServerCpu is { } cpu ? Math.Round(cpu / round.Took * 100, 2) : null,
    };
}
