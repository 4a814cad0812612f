using Ttm.Recorder.Tests.Simulation;
using Ttm.Recorder.Transcoding;

namespace Ttm.Recorder.Tests.Transcoding;

/// <summary>The MP3 made beside a growing journal, and the one made again from the journal after a crash.</summary>
public sealed class TranscoderParityTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Transcode_WhileTheJournalGrows_GivesTheSameFileAsAfterACrash(bool discontinuous)
    {
        using var encoder = new OpusEncoder(dtx: discontinuous);
        using var recording = new SimulatedRecording();
        var packets = new SimulatedTeacher(encoder).Speak(0, 14, time => time % 4 < 2 ? Tones.At(time) : (short)0);
        recording.Record(SimulatedRecording.Network(packets, loss: 0.02, jitter: 0.05), 1.02, 13.5);
        recording.Transcode();

        foreach (int piece in new[] { 999, 5000, 60_000 })
        {
            string path = Path.Combine(recording.Directory, $"{piece}.mp3");
            Grow(recording.Journal, path, piece).Sha256.ShouldBe(recording.Finished.Sha256);
        }
    }

    private static FinishedMp3 Grow(string journal, string path, int piece)
    {
        using var transcoder = new Transcoder(journal, path + ".part");
        long length = new FileInfo(journal).Length;
        TranscodeStep step = TranscodeStep.Waiting;
        for (long bytes = piece; step is TranscodeStep.Waiting or TranscodeStep.More; bytes += piece)
            step = transcoder.Step(Math.Min(bytes, length), bytes < length ? SimulatedRecording.At(0) : null);
        step.ShouldBe(TranscodeStep.Complete);
        return transcoder.Finish(path);
    }
}
