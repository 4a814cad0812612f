using Ttm.Recorder.Recordings;
using Ttm.Testing;

namespace Ttm.Recorder.Tests.Recordings;

public sealed class RecordingOptionsTests
{
    [Theory]
    [InlineData(24_000, 64_000, null)]
    [InlineData(16_000, 48_000, null)]
    [InlineData(48_000, 128_000, null)]
    [InlineData(24_000, 56_000, "Recording:Bitrate must be one of 64000, 80000, 96000, 112000, 128000, 144000, 160000 at 24000 Hz, not 56000.")]
    [InlineData(44_100, 64_000, "Recording:SampleRate must be 16000, 24000 or 48000, not 44100.")]
    public void Problems_OfAFormat_NameTheKeyAndTheMend(int sampleRate, int bitrate, string? problem)
    {
        var options = new RecordingOptions { SampleRate = sampleRate, Bitrate = bitrate };
        options.Problems().ShouldBe(problem is null ? [] : [problem]);
    }

    [Fact]
    public void Problems_OfTheRest_BeginWithTheKey()
    {
        var options = new RecordingOptions { Spool = " ", Workers = -1, MinFreeBytes = -1, ParallelUploads = 0 };
        options.Problems().Select(problem => problem.Split(' ')[0]).ShouldBe(
            ["Recording:Spool", "Recording:Workers", "Recording:ParallelUploads", "Recording:MinFreeBytes"]);
    }

    [Fact]
    public void Create_ARecordingId_SortsByTimeAndFitsIntoAUrl()
    {
        var randomness = new SeededRandomness(1);
        DateTimeOffset time = DateTimeOffset.UnixEpoch.AddYears(60);
        string[] ids = [.. Enumerable.Range(0, 100).Select(i => RecordingId.Create(time.AddSeconds(i), randomness))];
        ids.ShouldBe(ids.Order(StringComparer.Ordinal));
        ids.ShouldAllBe(id => id.Length == 28 && id.All(character => char.IsAsciiLetterOrDigit(character) || character == '_' || character == '-'));
    }

    [Fact]
    public void Of_RecordingsOfALesson_LaysThemOutWithoutHoleOrOverlap()
    {
        DateTimeOffset start = DateTimeOffset.UnixEpoch.AddYears(60);
        LessonBook book = LessonBook.Of("a", [Finished(3, 10, 12, 2), Finished(1, 0, 2.5, 2.49), Finished(2, 2.5, 4, 1.52)]);
        book.Recordings.Select(entry => entry.Recording.Sequence).ShouldBe([1, 2, 3]);
        book.Recordings.Select(entry => entry.Offset).ShouldBe([0, 59_760, 240_000]);

        FinishedRecording Finished(int sequence, double from, double to, double seconds) => new(
            new Recording($"rec_{sequence}", "a", null, "s", sequence, RecordingStatus.Stored, start, null, null, new RecordingFormat("mp3", 24_000, 1, 64_000), null, null, null, null),
            "key", (long)(seconds * 24_000), start.AddSeconds(from), start.AddSeconds(to));
    }
}
