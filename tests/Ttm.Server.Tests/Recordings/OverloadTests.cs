using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Ttm.Server.Tests.Kit;
using Ttm.Testing;
using Xunit.Abstractions;

namespace Ttm.Server.Tests.Recordings;

/// <summary>A start that finds an hour and a half of journals to encode: every core is busy with it, and a lesson goes on beside it.</summary>
[CollectionDefinition(nameof(OverloadTests), DisableParallelization = true)]
[Collection(nameof(OverloadTests))]
public sealed partial class OverloadTests(ITestOutputHelper output) : IDisposable
{
    // One letter for each lesson and one digit for each recording, since a record's length is written before it.
    private const string Others = "cdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    private const int Backlog = 9 * 60;

    // Half of what a packet holds. It takes 0.1 ms, and 3 ms where other programs want ten times the cores that there are.
    private static readonly TimeSpan Prompt = TimeSpan.FromMilliseconds(10);

    private readonly string _directory = Directory.CreateTempSubdirectory("ttm-overload-").FullName;

    private string Spool => Path.Combine(_directory, "spool");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Relay_WhileAllCoresEncode_LosesNothingAndTakesFewMilliseconds()
    {
        // A store that is away keeps the journal.
        TimeSpan calm;
        await using (var server = await TestServer.StartWholeAsync($"--Recording:Spool={Spool}", "--Storage:Provider=S3", "--Storage:S3:Bucket=b", "--Storage:S3:ServiceUrl=http://127.0.0.1:1", "--Storage:S3:AccessKey=a", "--Storage:S3:SecretKey=s"))
            calm = await TeachAsync(server, "a", TimeSpan.FromSeconds(10), null);
        Multiply();

        await using var busy = await TestServer.StartWholeAsync($"--Recording:Spool={Spool}", $"--Storage:FileSystem:Root={_directory}/recordings");
        var waiting = await EncodingAsync(busy);
        waiting.ShouldBeGreaterThan(Backlog / 2);
        var stillWaiting = 0;
        var overloaded = await TeachAsync(busy, "b", TimeSpan.FromSeconds(3), async () => (stillWaiting = await EncodingAsync(busy)) < 20);

        output.WriteLine($"from teacher to student: {calm.TotalMilliseconds:F2} ms (median) in calm, {overloaded.TotalMilliseconds:F2} ms with {waiting} to {stillWaiting} recordings to encode");
        stillWaiting.ShouldBeGreaterThan(0);
        overloaded.ShouldBeLessThan(Prompt);
        await Until.TrueAsync(async () => await EncodingAsync(busy) == 0, TimeSpan.FromMinutes(2));
        var recordings = await (await busy.SendAsync("GET", "/api/v1/lessons/b/recordings", busy.Service)).JsonAsync();
        recordings[0].GetProperty("quality").GetProperty("packetsLost").GetInt32().ShouldBe(0);
    }

    /// <summary>The median time from teacher to student.</summary>
    private static async Task<TimeSpan> TeachAsync(TestServer server, string lesson, TimeSpan time, Func<Task<bool>>? enough)
    {
        using var onAir = new OnAir(server, lesson);
        await onAir.TeacherAsync();
        await onAir.StudentAsync("s-1");
        await onAir.SelectAsync("s-1").ShouldBeAsync(200);
        for (var talked = TimeSpan.Zero; talked < time && (enough is null || !await enough()); talked += TimeSpan.FromSeconds(0.5))
            await onAir.TalkAsync(TimeSpan.FromSeconds(0.5));
        var sent = onAir.Sent;
        sent.ShouldBeGreaterThan(40);
        await onAir.TalkAsync(TimeSpan.FromMilliseconds(200));
        var delays = onAir.DelaysOf("s-1");
        delays.Count.ShouldBeGreaterThanOrEqualTo(sent);
        await server.SendAsync("DELETE", $"/api/v1/lessons/{lesson}", server.Teacher(lesson)).ShouldBeAsync(204);
        return delays.Order().ElementAt(delays.Count / 2);
    }

    /// <summary>Makes many journals of the one that is there, each with an id and a lesson of its own.</summary>
    private void Multiply()
    {
        var journal = Directory.EnumerateFiles(Spool, "rec_*.rtpdump").ShouldHaveSingleItem();
        var id = Path.GetFileNameWithoutExtension(journal);
        var text = Encoding.Latin1.GetString(File.ReadAllBytes(journal));
        for (var copy = 0; copy < Backlog; copy++)
        {
            var other = string.Create(CultureInfo.InvariantCulture, $"{id[..^4]}{copy:0000}");
            var changed = text.Replace(id, other, StringComparison.Ordinal).Replace("\"sequence\":1,", $"\"sequence\":{(copy % 9) + 1},", StringComparison.Ordinal)
                .Replace("\"lesson\":\"a\"", $"\"lesson\":\"{Others[copy / 9]}\"", StringComparison.Ordinal);
            File.WriteAllBytes(Path.Combine(Spool, other + ".rtpdump"), Encoding.Latin1.GetBytes(changed));
        }
    }

    private static async Task<int> EncodingAsync(TestServer server)
    {
        var metrics = await (await server.SendAsync("GET", "/metrics", null)).Content.ReadAsStringAsync();
        return int.Parse(EncodingGauge().Match(metrics).Groups[1].Value, CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"^ttm_recordings_encoding(?:\{[^}]*\})? (\d+)", RegexOptions.Multiline)]
    private static partial Regex EncodingGauge();
}
