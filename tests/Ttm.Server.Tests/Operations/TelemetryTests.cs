using System.Text.Json;
using System.Text.RegularExpressions;
using Ttm.Server.Tests.Kit;

namespace Ttm.Server.Tests.Operations;

/// <summary>What an operator sees of a lesson: metrics, traces, logs, the node and the flight recorder.</summary>
public sealed partial class TelemetryTests(ObservedLesson lesson) : IClassFixture<ObservedLesson>
{
    // .NET tells of a collection's heap only after the first collection.
    private static readonly string[] MayBeAbsent = ["dotnet_gc_last_collection_heap_size_bytes"];

    private IReadOnlySet<string> Exposed => Families(lesson.Metrics);

    [Fact]
    public void Metrics_OfALesson_HaveEveryDocumentedName()
    {
        var documented = Documented();
        documented.Count.ShouldBeGreaterThan(30);
        documented.Where(name => !Exposed.Contains(name)).ShouldBeEmpty();
        Exposed.Where(name => name.StartsWith("ttm_", StringComparison.Ordinal) && !documented.Contains(name)).ShouldBeEmpty("docs/operations.md does not tell of them");
    }

    [Fact]
    public void Metrics_OfALesson_NameNobody()
    {
        foreach (var secret in (string[])[ObservedLesson.Lesson, "s-1", "t-1", "rec_"])
            lesson.Metrics.ShouldNotContain(secret);
    }

    [Fact]
    public void Metrics_OfALesson_CountIt()
    {
        Value("ttm_ready").ShouldBe(1);
        Value("ttm_sessions", "state=\"connected\"", "path=\"udp\"").ShouldBe(2);
        Value("ttm_packets_received_total").ShouldBeGreaterThanOrEqualTo(50);
        Value("ttm_packets_forwarded_total").ShouldBeGreaterThanOrEqualTo(50);
        Value("ttm_switch_duration_seconds_count").ShouldBe(2);
        Value("ttm_recordings_stored_total").ShouldBe(1);
        Value("ttm_lessons_refused_total").ShouldBe(0);
        Value("dotnet_process_cpu_time_seconds_total", "cpu_mode=\"user\"").ShouldBeGreaterThan(0);
    }

    [PromtoolFact]
    public async Task Metrics_OfALesson_ArePrometheusOwnWay()
    {
        var ours = string.Join('\n', lesson.Metrics.Split('\n').Where(line => OurLine().IsMatch(line))) + "\n";
        var (code, output) = await Promtool.RunAsync(ours, "check", "metrics");
        code.ShouldBe(0, output);
    }

    [PromtoolFact]
    public async Task AlertRules_ByPromtool_AreRightAndPassTheirTests()
    {
        var folder = SourceTree.PathOf("deploy/prometheus");
        foreach (var arguments in (string[][])[["check", "config", $"{folder}/prometheus.yml"], ["test", "rules", $"{folder}/alerts.test.yml"]])
        {
            var (code, output) = await Promtool.RunAsync(null, arguments);
            code.ShouldBe(0, output);
        }
    }

    [Fact]
    public void Alerts_AreAllDocumented()
    {
        var alerts = Alert().Matches(SourceTree.Read("deploy/prometheus/alerts.yml")).Select(match => match.Groups[1].Value).ToList();
        var documented = DocumentedAlert().Matches(SourceTree.Read("docs/operations.md")).Select(match => match.Groups[1].Value);
        alerts.Count.ShouldBeGreaterThan(10);
        documented.ShouldBe(alerts);
    }

    [Theory]
    [InlineData("deploy/grafana/ttm-media.json")]
    [InlineData("deploy/prometheus/alerts.yml")]
    public void DashboardAndRules_NameOnlyWhatTheServerExposes(string file)
    {
        var names = MetricName().Matches(SourceTree.Read(file)).Select(match => FamilyOf(match.Value)).Distinct().ToList();
        names.Count.ShouldBeGreaterThan(10);
        names.Where(name => !Exposed.Contains(name)).Except(MayBeAbsent).ShouldBeEmpty();
    }

    [Fact]
    public void Traces_OfALesson_AreExported()
    {
        foreach (var name in (string[])["switch", "upload", "webhook", "POST /whip/{lesson}", "PUT /api/v1/lessons/{lesson}/listener", ObservedLesson.Lesson, "ttm-server"])
            lesson.Traces.ShouldContain(name);

        // What could be used by who reads them.
        lesson.Traces.ShouldNotContain("access_token=ey");
        lesson.ExportedMetrics.ShouldContain("ttm.packets.forwarded");
    }

    [Fact]
    public void Log_IsOneJsonObjectALine_WithLessonAndSession()
    {
        var lines = lesson.Log.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        lines.Count.ShouldBeGreaterThan(5);
        var connected = lines.Where(line => line.GetProperty("Message").GetString()!.Contains("is connected", StringComparison.Ordinal)).ToList();
        connected.Count.ShouldBe(2);
        foreach (var line in connected)
        {
            line.GetProperty("State").GetProperty("Lesson").GetString().ShouldBe(ObservedLesson.Lesson);
            line.GetProperty("State").GetProperty("Session").GetString().ShouldNotBeNullOrEmpty();
            line.GetProperty("Timestamp").GetString().ShouldEndWith("Z");
        }
    }

    [Fact]
    public void Node_DuringTheLesson_ShowsIt()
    {
        var shown = lesson.Node.GetProperty("lessons").EnumerateArray().ShouldHaveSingleItem();
        shown.GetProperty("teacher").GetProperty("path").GetString().ShouldBe("udp");
        shown.GetProperty("teacher").GetProperty("packetsReceived").GetInt32().ShouldBeGreaterThanOrEqualTo(50);
        shown.GetProperty("listener").GetString().ShouldBe("s-1");
        shown.GetProperty("recording").GetString().ShouldStartWith("rec_");
        lesson.Node.GetProperty("loopLag").GetDouble().ShouldBeInRange(0, 10);
        lesson.Node.GetProperty("cpu").GetProperty("used").GetDouble().ShouldBeGreaterThan(0);
    }

    [Fact]
    public void Flight_OfTheLesson_HasItsPacketsAndNoSecrets()
    {
        var sessions = lesson.Flight.GetProperty("sessions").EnumerateArray().ToList();
        sessions.Select(one => one.GetProperty("role").GetString()).ShouldBe(["teacher", "student"], ignoreOrder: true);
        foreach (var session in sessions)
        {
            var isTeacher = session.GetProperty("role").GetString() == "teacher";
            var events = session.GetProperty("events").EnumerateArray().ToList();
            var packets = events.Where(one => Text(one, "event") == "rtp" && Text(one, "direction") == (isTeacher ? "in" : "out")).ToList();
            packets.Count.ShouldBeGreaterThanOrEqualTo(50);
            packets[^1].GetProperty("size").GetInt32().ShouldBeGreaterThan(60);
            packets[^1].GetProperty("sequence").GetInt32().ShouldBe((packets[^2].GetProperty("sequence").GetInt32() + 1) & 0xFFFF);
            events.Select(one => Text(one, "event")).ShouldContain("stun");
            events.Select(one => Text(one, "event")).ShouldContain("dtls");
            events.ShouldContain(one => Text(one, "event") == "state" && Text(one, "state") == "connected");
            events.ShouldContain(one => Text(one, "event") == "path" && Text(one, "path") == "udp");
            events.ShouldContain(one => Text(one, "event") == "listening" && one.GetProperty("begins").GetBoolean());
            session.GetProperty("closed").ValueKind.ShouldBe(JsonValueKind.Null);
        }

        lesson.Flight.ToString().ShouldNotContain("127.0.0.1");
    }

    private static string? Text(JsonElement happened, string name) => happened.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static HashSet<string> Documented()
    {
        var section = SourceTree.Read("docs/operations.md").Split("## Metrics")[1].Split("\n## ")[0];
        return [.. section.Split('\n').Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .SelectMany(line => MetricName().Matches(line.Split('|')[1])).Select(match => match.Value)];
    }

    private static HashSet<string> Families(string scrape) =>
        [.. scrape.Split('\n').Where(line => line.StartsWith("# TYPE ", StringComparison.Ordinal)).Select(line => line.Split(' ')[2])];

    private string FamilyOf(string name)
    {
        var stem = Histogram().Replace(name, "");
        return Exposed.Contains(stem) ? stem : name;
    }

    private double Value(string name, params string[] labels)
    {
        var line = lesson.Metrics.Split('\n').First(one =>
            (one.StartsWith(name + "{", StringComparison.Ordinal) || one.StartsWith(name + " ", StringComparison.Ordinal)) && labels.All(label => one.Contains(label, StringComparison.Ordinal)));
        return double.Parse(line[(line.LastIndexOf('}') + 1)..].Trim().Split(' ').First(part => part != name), System.Globalization.CultureInfo.InvariantCulture);
    }

    [GeneratedRegex("\\b(ttm_[a-z]+_[a-z_]+|ttm_[a-z]+|dotnet_[a-z_]+[a-z]|http_server_[a-z_]+)\\b")]
    private static partial Regex MetricName();

    [GeneratedRegex("_(bucket|count|sum)$")]
    private static partial Regex Histogram();

    [GeneratedRegex("^(# (TYPE|HELP) )?ttm_")]
    private static partial Regex OurLine();

    [GeneratedRegex("alert: (\\w+)")]
    private static partial Regex Alert();

    [GeneratedRegex("^\\| `(Ttm\\w+)`", RegexOptions.Multiline)]
    private static partial Regex DocumentedAlert();
}
