using Ttm.Recorder.Recordings;

namespace Ttm.Recorder.Tests.Recordings;

public sealed class LessonPagesTests
{
    private static readonly DateTimeOffset Start = new(2030, 1, 7, 8, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Delete_OfWhatHasAnotherNumberByNow_TouchesNoOther()
    {
        var pages = new LessonPages();
        pages.Recordings[1] = Finished("rec_a", 1);
        pages.Recordings[2] = Finished("rec_b", 2);
        pages.Delete("algebra-1", Manifests.StoneFor(Finished("rec_b", 1), Start, "office", "the parents asked"));
        pages.Delete("algebra-1", Manifests.StoneFor(Finished("rec_c", 2), Start, "office", "the parents asked"));
        pages.Recordings.Values.Select(finished => finished.Recording.Id).ShouldBe(["rec_a"]);
        pages.Deleted.Values.Select(stone => (stone.Id, stone.Sequence)).ShouldBe([("rec_b", 2), ("rec_c", 3)]);
    }

    private static FinishedRecording Finished(string id, int sequence)
    {
        var recording = new Recording(
            id, "algebra-1", "t-1", "s-1", sequence, RecordingStatus.Stored, Start, Start, 1, new RecordingFormat("mp3", 24_000, 1, 64_000), 8000, new string('a', 64), "mem://" + id, null);
        return new FinishedRecording(recording, $"lessons/2030-01-07/algebra-1/{id}.mp3", 24_000, Start, Start.AddSeconds(1), IsKeyDecided: true);
    }
}
