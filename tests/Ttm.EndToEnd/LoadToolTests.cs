using System.Diagnostics;
using System.Text.Json;
using Ttm.EndToEnd.Kit;

namespace Ttm.EndToEnd;

/// <summary>The load tool as its users have it: a process of its own, against the real server. What it measures here is judged by nobody.</summary>
public sealed class LoadToolTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);

    [Fact]
    public async Task Load_AFewLessons_ReportsJoinsDelaySwitchesAndWholeRecordings()
    {
        await using var server = await ServerProcess.StartAsync();
        string json = Path.Combine(server.Folder, "load.json");
        var (code, output, errors) = await RunAsync(
            "--lessons", "2", "--students", "3", "--switch-every", "1s", "--duration", "4s", "--storm", "5", "--join-rate", "20",
            "--url", $"{server.Url}", "--key", ServerProcess.ApiKey, "--secret", ServerProcess.Secret, "--pid", $"{server.ProcessId}", "--json", json);

        // A starved machine may lose a packet, and the tool must then say so by its exit code; all else has no excuse.
        code.ShouldBeInRange(0, 1, errors);
        output.ShouldContain("| one-way delay, p50 / p99 / max");
        using var document = JsonDocument.Parse(await File.ReadAllTextAsync(json));
        var figures = document.RootElement;
        figures.GetProperty("joins").GetInt32().ShouldBe(8);
        figures.GetProperty("joinsFailed").GetInt32().ShouldBe(0);
        figures.GetProperty("stormJoins").GetInt32().ShouldBe(5);
        figures.GetProperty("packetsReceived").GetInt64().ShouldBeGreaterThan(300);
        figures.GetProperty("misdirected").GetInt64().ShouldBe(0);
        figures.GetProperty("delayMs").GetProperty("p99").GetDouble().ShouldBeGreaterThan(0);
        figures.GetProperty("delayAddedMs").GetProperty("p50").ValueKind.ShouldBe(JsonValueKind.Number);
        figures.GetProperty("switchMs").GetProperty("count").GetInt32().ShouldBeGreaterThan(2);
        figures.GetProperty("serverCpuPerLesson").GetDouble().ShouldBeGreaterThan(0);
        figures.GetProperty("memoryPerLessonMiB").ValueKind.ShouldBe(JsonValueKind.Number);
        int recordings = figures.GetProperty("recordings").GetInt32();
        recordings.ShouldBeGreaterThan(4);
        figures.GetProperty("recordingsWhole").GetInt32().ShouldBe(recordings);
    }

    [Theory]
    [InlineData("--lessons must be a whole number from 1 to 100000, not 'many'.", "--lessons", "many", "--url", "http://localhost", "--key", "k", "--secret", "s")]
    [InlineData("--switch-every must be a time such as 500ms, 10s, 5m or 1h, not '10'.", "--switch-every", "10", "--url", "http://localhost", "--key", "k", "--secret", "s")]
    [InlineData("--url must be an http or https address, not 'ftp://there'.", "--url", "ftp://there", "--key", "k", "--secret", "s")]
    [InlineData("Option '--url' is required.", "--key", "k", "--secret", "s")]
    [InlineData("Unrecognized command or argument '--lesson'.", "--url", "http://localhost", "--key", "k", "--secret", "s", "--lesson")]
    public async Task Load_BadArguments_OneSentenceAndExitCode2(string sentence, params string[] arguments)
    {
        var (code, output, errors) = await RunAsync(arguments);
        code.ShouldBe(2);
        errors.Trim().ShouldBe(sentence);
        output.ShouldBeEmpty();
    }

    [Fact]
    public async Task Load_NoServerThere_OneSentenceAndExitCode1()
    {
        var (code, _, errors) = await RunAsync("--url", $"http://127.0.0.1:{FreePorts.Take()}", "--key", "k", "--secret", "s", "--lessons", "1");
        code.ShouldBe(1);
        errors.Trim().Split('\n').Length.ShouldBe(1, errors);
        errors.ShouldContain("127.0.0.1");
    }

    private static async Task<(int Code, string Output, string Errors)> RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Repository.LoadDll, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        using var limit = new CancellationTokenSource(Limit);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        finally
        {
            process.Kill();
        }

        return (process.ExitCode, await output, await errors);
    }
}
