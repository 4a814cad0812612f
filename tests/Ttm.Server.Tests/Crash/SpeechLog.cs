using System.Collections.Concurrent;
using Ttm.Recorder.Tests.Simulation;
using Ttm.Rtc;
using Ttm.Testing.Sound;

namespace Ttm.Server.Tests.Crash;

/// <summary>What the teacher says, in frames of 20 ms of a <see cref="QuarterSecondSignal"/>, and which of it left when.</summary>
internal sealed class SpeechLog
{
    public static readonly TimeSpan Frame = TimeSpan.FromMilliseconds(20);

    // Wideband, so that a decoder that begins in the midst of the stream hears tones at once: it guesses wrongly at the bands above 8 kHz.
    private const int Rate = 16_000;
    private const int FrameSamples = Rate / 50;
    private const int QuarterSamples = Rate / 4;
    private const int FramesInAll = QuarterSecondSignal.Modulus * QuarterSamples / FrameSamples;

    private static readonly ConcurrentDictionary<int, byte[][]> Made = new();

    private readonly byte[][] _packets;
    private readonly List<Instant?> _sent = [];
    private readonly Dictionary<string, int> _places = [];

    /// <param name="bitrate">Of the Opus packets, bit/s.</param>
    public SpeechLog(int bitrate = 32_000)
    {
        _packets = Made.GetOrAdd(bitrate, Make);
        for (var frame = 0; frame < FramesInAll; frame++)
            _places[Convert.ToHexString(_packets[frame])] = frame;
    }

    public int Frames => _sent.Count;

    public int Quarters => _sent.Count * FrameSamples / QuarterSamples;

    /// <summary>The next frame's payload.</summary>
    public byte[] Next => _packets[_sent.Count % FramesInAll];

    public void Sent(Instant at) => _sent.Add(at);

    public void Missed() => _sent.Add(null);

    /// <summary>When the newest frame of this payload left; null for what is none of the teacher's.</summary>
    public Instant? SentAt(ReadOnlySpan<byte> payload) => FrameOf(payload) is >= 0 and var frame ? _sent[frame] : null;

    /// <summary>The newest frame of this payload; −1 for what is none of the teacher's.</summary>
    public int FrameOf(ReadOnlySpan<byte> payload) =>
        _places.TryGetValue(Convert.ToHexString(payload), out var place) && place < Frames ? place + ((Frames - 1 - place) / FramesInAll * FramesInAll) : -1;

    /// <summary>When the frame left; null where nobody was connected.</summary>
    public Instant? SentAt(int frame) => _sent[frame];

    /// <summary>The frames that make up the quarter, also in part.</summary>
    public static IEnumerable<int> FramesOf(int quarter)
    {
        var first = quarter * QuarterSamples / FrameSamples;
        var last = (((quarter + 1) * QuarterSamples) - 1) / FrameSamples;
        return Enumerable.Range(first, last - first + 1);
    }

    private static byte[][] Make(int bitrate)
    {
        var sound = QuarterSecondSignal.Generate(0, QuarterSecondSignal.Modulus, Rate);
        using var encoder = new OpusEncoder(bitrate: bitrate, complexity: 3, rate: Rate);
        return [.. Enumerable.Range(0, FramesInAll).Select(frame => encoder.Encode(sound.Samples.AsSpan(frame * FrameSamples, FrameSamples)))];
    }
}
