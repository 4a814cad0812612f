using Ttm.Recorder.Tests.Simulation;
using Ttm.Rtc;
using Ttm.Testing.Sound;

namespace Ttm.Server.Tests.Crash;

/// <summary>What the teacher says, in frames of 20 ms of a <see cref="QuarterSecondSignal"/>, and which of it left when.</summary>
internal sealed class SpeechLog
{
    public static readonly TimeSpan Frame = TimeSpan.FromMilliseconds(20);

    private const int FrameSamples = 960;
    private const int QuarterSamples = 12_000;
    private const int FramesInAll = QuarterSecondSignal.Modulus * QuarterSamples / FrameSamples;

    private readonly byte[][] _packets;
    private readonly List<(Instant At, int Connection)?> _sent = [];

    public SpeechLog()
    {
        var sound = QuarterSecondSignal.Generate(0, QuarterSecondSignal.Modulus);
        using var encoder = new OpusEncoder(complexity: 3);
        _packets = [.. Enumerable.Range(0, FramesInAll).Select(frame => encoder.Encode(sound.Samples.AsSpan(frame * FrameSamples, FrameSamples)))];
    }

    public int Frames => _sent.Count;

    public int Quarters => _sent.Count * FrameSamples / QuarterSamples;

    /// <summary>The next frame's payload.</summary>
    public byte[] Next => _packets[_sent.Count % FramesInAll];

    public void Sent(Instant at, int connection) => _sent.Add((at, connection));

    public void Missed() => _sent.Add(null);

    /// <summary>When the quarter's frames left, all by one connection; null where some did not.</summary>
    public (Instant First, Instant Last)? Find(int quarter)
    {
        var first = quarter * QuarterSamples / FrameSamples;
        var last = (((quarter + 1) * QuarterSamples) - 1) / FrameSamples;
        var frames = _sent.Skip(first).Take(last - first + 1).ToList();
        if (frames.Count <= last - first || frames.Any(frame => frame is null || frame.Value.Connection != frames[0]!.Value.Connection))
            return null;
        return (frames[0]!.Value.At, frames[^1]!.Value.At);
    }
}
