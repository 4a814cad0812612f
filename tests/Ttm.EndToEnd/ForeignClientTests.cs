using System.Diagnostics;
using System.Globalization;
using Ttm.EndToEnd.Kit;
using Ttm.Testing.Sound;
using Xunit.Abstractions;

namespace Ttm.EndToEnd;

/// <summary>A lesson by aiortc, whose ICE, DTLS, SRTP and SDP share no code with browsers or with ours.</summary>
public sealed class ForeignClientTests(ITestOutputHelper output)
{
    private const string Lesson = "geometry-5";
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    // What aiortc's jitter buffer and its decoder's fade take at either end of a stretch.
    private const int LostAtEnds = 2;

    /// <summary>At loopback, too, to which a client with an address of its own on this host sends from that address.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("127.0.0.1")]
    public async Task Lesson_ByAiortc_EachStudentHearsItsPartAndBothAreRecorded(string address)
    {
        var settings = new Dictionary<string, string>();
        if (address.Length > 0)
            settings["Media:PublicAddresses"] = address;
        await using var server = await ServerProcess.StartAsync(settings: settings);
        using var api = new LessonApi(server, Lesson);
        await api.CreateAsync([]);
        string microphone = Path.Combine(server.Folder, "microphone.wav");
        WavFile.Write(microphone, QuarterSecondSignal.Generate(0, QuarterSecondSignal.Modulus));

        (await RunAsync(
            Repository.Script("aiortc_lesson.py"), server.Url.ToString().TrimEnd('/'), Lesson, microphone, server.Folder,
            server.Tokens.Teacher(Lesson, "teacher"), server.Tokens.Student(Lesson, "ana"), server.Tokens.Student(Lesson, "ben")))
            .ShouldContain("closed 200");

        var stretches = await RecordedLesson.ReadAsync(api, 2);
        foreach (var stretch in stretches)
        {
            output.WriteLine($"{stretch}");
            RecordedLesson.ShouldBeConsistent(stretch);
            RecordedLesson.ShouldBeWhole(stretch);
        }

        RecordedLesson.ShouldJoin(stretches[0], stretches[1]);
        ShouldHaveHeard(Path.Combine(server.Folder, "ana.wav"), stretches[0]);
        ShouldHaveHeard(Path.Combine(server.Folder, "ben.wav"), stretches[1]);
    }

    private static void ShouldHaveHeard(string wav, RecordedStretch said)
    {
        var heard = QuarterSecondDecoder.Decode(WavFile.Read(wav)).Where(quarter => quarter.IsWhole).Select(quarter => quarter.Index).ToHashSet();
        var expected = said.Quarters.Select(quarter => quarter.Index % QuarterSecondSignal.Modulus).ToHashSet();
        heard.Except(expected).ShouldBeEmpty($"heard though not selected, in {wav}");
        expected.Except(heard).Count().ShouldBeLessThanOrEqualTo(LostAtEnds, string.Create(CultureInfo.InvariantCulture, $"{said} against {string.Join(' ', heard)}"));
    }

    private static async Task<string> RunAsync(params string[] arguments)
    {
        // Debian's own Python, whichever comes first on the PATH: the one that has aiortc.
        var start = new ProcessStartInfo("/usr/bin/python3", arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var said = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        using var limit = new CancellationTokenSource(Limit);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
        }

        process.ExitCode.ShouldBe(0, await errors);
        return await said;
    }
}
