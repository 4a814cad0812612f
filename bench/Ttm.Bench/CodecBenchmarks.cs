using BenchmarkDotNet.Attributes;
using Ttm.Recorder.Lame;
using Ttm.Recorder.Opus;
using Ttm.Rtc.Rtp;

namespace Ttm.Bench;

/// <summary>20 ms of a recorded lesson: what the codecs alone cost.</summary>
[Config(typeof(ShortInProcess))]
#pragma warning disable CA1001 // BenchmarkDotNet calls the clean-up, and inherits from the class
public class CodecBenchmarks
#pragma warning restore CA1001
{
    private const int SampleRate = 24_000;
    private const int Frame = SampleRate / 50;
    private const int Seconds = 10;

    private readonly short[] _pcm = new short[5760];
    private readonly byte[] _mp3 = new byte[32_768];
    private List<byte[]> _packets = null!;
    private short[] _speech = null!;
    private OpusDecoder _decoder = null!;
    private LameEncoder _encoder = null!;
    private int _number;

    [GlobalSetup]
    public void SetUp()
    {
        _packets = SyntheticSpeech.Packets(Seconds);
        _decoder = new OpusDecoder(SampleRate);
        _encoder = new LameEncoder(SampleRate, 64_000);
        _speech = new short[Seconds * SampleRate];
        for (int index = 0; index < _packets.Count; index++)
            _decoder.Decode(_packets[index].AsSpan(RtpPacket.FixedHeaderLength), _speech.AsSpan(index * Frame));
    }

    [GlobalCleanup]
    public void CleanUp()
    {
        _decoder.Dispose();
        _encoder.Dispose();
    }

    [Benchmark]
    public int Decode() => _decoder.Decode(_packets[_number++ % _packets.Count].AsSpan(RtpPacket.FixedHeaderLength), _pcm);

    [Benchmark]
    public int Encode() => _encoder.Encode(_speech.AsSpan(_number++ % _packets.Count * Frame, Frame), _mp3);

    [Benchmark]
    public int EncodeSilence()
    {
        Array.Clear(_pcm);
        return _encoder.Encode(_pcm.AsSpan(0, Frame), _mp3);
    }
}
