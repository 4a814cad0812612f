using Ttm.Recorder.Tests.Simulation;

namespace Ttm.Recorder.Tests.Transcoding;

/// <summary>Minutes of a sender whose clock is wrong.</summary>
public sealed class DriftTests
{
    private const int Rate = 24_000;

    [Theory]
    [InlineData(1.0002, 600)]
    [InlineData(0.9998, 300)]
    public void Transcode_DriftingClock_KeepsToTheWallClock(double clockRate, int seconds)
    {
        using var encoder = new OpusEncoder(complexity: 3);
        using var recording = new SimulatedRecording();
        var packets = new SimulatedTeacher(encoder) { ClockRate = clockRate }.Speak(0, seconds + 12, Tones.At);
        recording.Record(SimulatedRecording.Network(packets, jitter: 0.02), 5, seconds + 5);
        short[] heard = recording.Play();

        (heard.Length / (double)Rate).ShouldBe(seconds, 0.05);
        int[] symbols = Tones.Read(heard, Rate);
        symbols.Length.ShouldBeInRange((4 * seconds) - 1, 4 * seconds);
        symbols.Where((symbol, i) => symbol != (i + 20) % Tones.Count).Count().ShouldBe(0);
        TranscoderTests.NoClick(heard, recording);
    }
}
