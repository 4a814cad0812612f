using System.Globalization;
using System.Text.Json;
using Ttm.Net;
using Ttm.Recorder.Tests.Simulation;
using Ttm.Rtc;
using Ttm.Rtc.Dtls;
using Ttm.Server.Auth;
using Ttm.Server.Tests.Kit;
using Ttm.Server.Tests.Webhooks;
using Ttm.Server.Webhooks;
using Ttm.Testing;
using Ttm.Testing.Sound;
using Xunit.Abstractions;

namespace Ttm.Server.Tests.Crash;

/// <summary>
/// kill -9 of a real server process at random instants of a lesson with switches; everybody connects again; what each kill costs is counted to the
/// frame. TTM_KILLS says how often it is killed (eng/crash.sh: 30 times).
/// </summary>
public sealed class CrashTests(ITestOutputHelper output) : IDisposable
{
    private const string Lesson = "algebra-7";
    private const string HookSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    private static readonly TimeSpan Most = TimeSpan.FromMilliseconds(250);

    private readonly string _directory = Directory.CreateTempSubdirectory("ttm-crash-").FullName;
    private readonly MediaClock _clock = new(TimeProvider.System);
    private readonly SeededRandomness _chance = new(20);
    private readonly SpeechLog _speech = new();
    private readonly List<Kill> _kills = [];
    private readonly List<string> _silences = [];
    private DateTimeOffset _begin;
    private bool _passed;

    [Fact]
    public async Task Kill_AtRandomInstantsOfALesson_CostsAQuarterOfASecondAtMost()
    {
        var kills = int.Parse(Environment.GetEnvironmentVariable("TTM_KILLS") ?? "4", CultureInfo.InvariantCulture);
        await using var hooks = new HookReceiver(WebhookOptions.KeyOf(HookSecret));
        await hooks.StartAsync();
        using var server = new ServerUnderTest(_directory, $"--Webhooks:Urls={hooks.Url}", $"--Webhooks:Secret={HookSecret}");
        await server.StartAsync();

        await TeachAsync(server, kills);

        var service = Tokens.Service("app", TimeSpan.FromHours(1));
        (await server.SendAsync("DELETE", $"/api/v1/lessons/{Lesson}", service)).EnsureSuccessStatusCode();
        var recordings = await AllStoredAsync(server, service);
        await hooks.WaitAsync(1);
        (await server.StopAsync()).ShouldBe(0, server.Output);

        _silences.ShouldBeEmpty();
        var account = Account(recordings);
        output.WriteLine($"{account.Summary()}; {recordings.Count} recordings");
        var costs = _kills.Select(kill => kill.CostOf(_speech)).ToList();
        output.WriteLine(string.Join(", ", costs.Select(cost => cost.TotalMilliseconds.ToString("F0", CultureInfo.InvariantCulture))));
        costs.Max().ShouldBeLessThanOrEqualTo(Most, $"All is kept in {_directory}; the servers said: {server.Output}");
        account.Missing().ShouldBeEmpty($"kills in frames {string.Join(", ", _kills)}; all is kept in {_directory}; the servers said: {server.Output}");
        recordings.Select(one => one.GetProperty("sequence").GetInt32()).ShouldBe(Enumerable.Range(1, recordings.Count), $"All is kept in {_directory}; the servers said: {server.Output}");
        Directory.EnumerateFiles(Path.Combine(_directory, "spool"), "rec_*").ShouldBeEmpty();
        Directory.EnumerateFiles(Path.Combine(_directory, "spool"), "damaged-*").ShouldBeEmpty();

        // The last ones may be under way when the server ends; the next one delivers them.
        await server.StartAsync();
        var stored = recordings.Select(one => one.GetProperty("id").GetString()!).ToHashSet();
        await Until.TrueAsync(() => !Stored(hooks).IsProperSubsetOf(stored));
        Stored(hooks).ShouldBe(stored, ignoreOrder: true);
        hooks.Types[0].ShouldBe("lesson.started");
        hooks.Types.Count(type => type == "lesson.started").ShouldBe(1);
        hooks.BadSignatures.ShouldBe(0);
        (await server.StopAsync()).ShouldBe(0);
        _passed = true;
    }

    /// <summary>What failed is kept to be looked at.</summary>
    public void Dispose()
    {
        if (_passed)
            Directory.Delete(_directory, recursive: true);
    }

    private static TokenMinter Tokens { get; } = new(ServerUnderTest.ApiKey, ServerUnderTest.Secret, TimeProvider.System);

    private static HashSet<string> Stored(HookReceiver hooks) =>
        [.. hooks.Taken.Where(one => one.GetProperty("type").GetString() == "recording.stored").Select(one => one.GetProperty("data").GetProperty("id").GetString()!)];

    private async Task TeachAsync(ServerUnderTest server, int kills)
    {
        using var certificate = DtlsCertificate.Create(TimeProvider.System.GetUtcNow());
        var hour = TimeSpan.FromHours(1);
        using var teacher = new Participant(true, Lesson, Tokens.Teacher(Lesson, "t", hour), server, certificate, _chance, _clock);
        using var anna = new Participant(false, Lesson, Tokens.Student(Lesson, "anna", hour), server, certificate, _chance, _clock);
        using var ben = new Participant(false, Lesson, Tokens.Student(Lesson, "ben", hour), server, certificate, _chance, _clock);
        using var spooled = new SpooledSpeech(Path.Combine(_directory, "spool"));
        Participant[] all = [teacher, anna, ben];
        while (!all.All(one => one.IsConnected))
            await StepAsync(all);

        var token = Tokens.Teacher(Lesson, "t", hour);
        (await SelectAsync(server, token, "anna")).ShouldBeTrue();
        var start = _clock.Now;
        _begin = TimeProvider.System.GetUtcNow();
        var listener = "anna";
        Task<bool> switching = Task.FromResult(true);
        var switchAt = start + Between(1, 2);
        var killAt = start + Between(0.5, 2.5);
        var restarting = Task.CompletedTask;
        var isDown = false;
        while (_kills.Count < kills || !all.All(one => one.IsConnected) || anna.Heard + ben.Heard < 10 || isDown || _clock.Now < killAt)
        {
            await StepAsync(all);
            spooled.Watch();
            Speak(teacher, start);
            var now = _clock.Now;
            if (!restarting.IsCompleted)
                continue;
            await restarting;
            if (isDown)
                (isDown, killAt) = (false, now + (_kills.Count < kills ? Between(0, 2) : TimeSpan.FromSeconds(4)));
            if (now >= switchAt && switching.IsCompleted)
            {
                if (switching is { IsCompletedSuccessfully: true, Result: true })
                    listener = listener == "anna" ? "ben" : "anna";
                switching = SelectAsync(server, token, listener == "anna" ? "ben" : "anna");
                switchAt = now + Between(1, 2);
            }

            if (now < killAt || _kills.Count >= kills)
                continue;

            // One kill in three comes while they connect, as likely as not; the others in the midst of speech, however slow this machine is.
            if (_kills.Count % 3 != 1 && (!all.All(one => one.IsConnected) || now - all.Max(one => one.ConnectedAt) < Between(1, 2.5)))
                continue;
            if (all.All(one => one.IsConnected) && now - all.Max(one => one.ConnectedAt) > TimeSpan.FromSeconds(1.5) && anna.Heard + ben.Heard == 0)
                _silences.Add($"Before kill {_kills.Count + 1} nobody heard.");
            var killing = server.KillAsync();
            var killed = _clock.Now;
            await killing;
            _kills.Add(new Kill(killed, Math.Max(spooled.Newest(_speech) + 1, _kills.LastOrDefault()?.FirstAfter ?? 0), _speech.Frames));
            foreach (var one in all)
                one.Lose();
            restarting = Task.Run(server.StartAsync);
            isDown = true;
        }
    }

    private void Speak(Participant teacher, Instant start)
    {
        while (start + (SpeechLog.Frame * _speech.Frames) <= _clock.Now)
        {
            // What a starved test machine is late with goes out late, and is said.
            if (teacher.IsConnected)
            {
                teacher.Client!.SendPacket(_speech.Next);
                _speech.Sent(_clock.Now);
            }
            else
            {
                _speech.Missed();
            }
        }
    }

    private static async Task StepAsync(Participant[] all)
    {
        foreach (var one in all)
            one.Step();
        await Task.Delay(2);
    }

    private static async Task<bool> SelectAsync(ServerUnderTest server, string token, string student)
    {
        try
        {
            using var answer = await server.SendAsync("PUT", $"/api/v1/lessons/{Lesson}/listener", token, $$"""{"student":"{{student}}"}""");
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static Task<List<JsonElement>> AllStoredAsync(ServerUnderTest server, string service) => Until.SatisfiedAsync(
        async () =>
        {
            using var answer = await server.SendAsync("GET", $"/api/v1/lessons/{Lesson}/recordings", service);
            return (await answer.JsonAsync()).EnumerateArray().ToList();
        },
        list => list.TrueForAll(one => one.GetProperty("status").GetString() == "stored"),
        TimeSpan.FromSeconds(60),
        list => string.Join('\n', list));

    private SpeechAccount Account(IReadOnlyList<JsonElement> recordings)
    {
        var account = new SpeechAccount(_speech, _kills);
        foreach (var recording in recordings)
        {
            var path = new Uri(recording.GetProperty("location").GetString()!).LocalPath;
            var near = (recording.GetProperty("startedAt").GetDateTimeOffset() - _begin) / QuarterSecondSignal.Quarter;
            account.Add(new PcmSound(Ffmpeg.Decode(path, 24_000), 24_000), near);
        }

        return account;
    }

    private TimeSpan Between(double least, double most)
    {
        Span<byte> bytes = stackalloc byte[4];
        _chance.Fill(bytes);
        return TimeSpan.FromSeconds(least + ((most - least) * BitConverter.ToUInt32(bytes) / uint.MaxValue));
    }
}
