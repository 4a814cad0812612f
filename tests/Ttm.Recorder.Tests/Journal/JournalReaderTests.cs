using Ttm.Recorder.Journal;
using Ttm.Recorder.Tests.Simulation;
using Ttm.Testing;

namespace Ttm.Recorder.Tests.Journal;

public sealed class JournalReaderTests : IDisposable
{
    private readonly SimulatedRecording _recording = new();
    private readonly byte[] _journal;

    public JournalReaderTests()
    {
        using var encoder = new OpusEncoder();
        _recording.Record(SimulatedRecording.Network(new SimulatedTeacher(encoder).Speak(0, 2, Tones.At)), 0.5, 1.5);
        _journal = File.ReadAllBytes(_recording.Journal);
    }

    public void Dispose() => _recording.Dispose();

    [Fact]
    public void TryPeek_AWholeJournal_GivesHeadingOpenPacketsAndClose()
    {
        List<string> kinds = Read(_journal);
        kinds[..2].ShouldBe(["Heading", "Open"]);
        kinds[^1].ShouldBe("Close");
        kinds.Count(kind => kind == "packet").ShouldBeInRange(49, 51);
        JournalHeading heading = JournalReader.ReadHeading(_recording.Journal)!;
        heading.ShouldBe(SimulatedRecording.Heading with { StartedAt = heading.StartedAt });

        // It starts where the sink was opened, not where it was asked for.
        heading.StartedAt.ShouldBe(SimulatedRecording.Heading.StartedAt, TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void TryPeek_CutAtEveryByte_GivesTheRecordsThatAreWhole()
    {
        int before = 0;
        for (int length = 0; length <= _journal.Length; length++)
        {
            int count = Read(_journal[..length]).Count;
            count.ShouldBeInRange(before, before + 1);
            before = count;
        }

        before.ShouldBe(Read(_journal).Count);
    }

    [Fact]
    public void TryPeek_Mutated_NeverThrows()
    {
        foreach (byte[] bytes in Mutations.Random(_journal, 300, 11))
            Read(bytes);
    }

    [Fact]
    public void TryPeek_BehindTheLimit_GivesNothing()
    {
        using var reader = new JournalReader(_recording.Journal);
        reader.TryPeek(10, out _).ShouldBeFalse();
        reader.TryPeek(_journal.Length, out _).ShouldBeTrue();
    }

    private List<string> Read(byte[] journal)
    {
        string path = Path.Combine(_recording.Directory, "cut");
        File.WriteAllBytes(path, journal);
        using var reader = new JournalReader(path);
        List<string> kinds = [];
        while (reader.TryPeek(long.MaxValue, out JournalRecord record))
        {
            kinds.Add(!record.IsRtcp ? "packet" : JournalMark.TryParse(record.Packet, out JournalMark mark) ? mark.Kind.ToString() : "other");
            reader.Advance();
        }

        return kinds;
    }
}
