using BenchmarkDotNet.Attributes;
using Ttm.Net;
using Ttm.Rtc;
using Ttm.Rtc.Rtp;
using Ttm.Rtc.Srtp;

namespace Ttm.Bench;

/// <summary>The steps of one packet of 80 bytes of Opus on its way through the relay, without the sockets.</summary>
[Config(typeof(ShortInProcess))]
#pragma warning disable CA1001 // BenchmarkDotNet calls the clean-up, and inherits from the class
public class PacketBenchmarks
#pragma warning restore CA1001
{
    private const int PayloadLength = 80;
    private const uint Ssrc = 0x1234_5678;

    private readonly byte[] _packet = new byte[RtpPacket.FixedHeaderLength + PayloadLength];
    private readonly byte[] _buffer = new byte[1500];
    private readonly StreamRewriter _rewriter = StreamRewriter.Create(1, SystemRandomness.Instance);
    private SrtpContext _sender = null!;
    private SrtpContext _receiver = null!;
    private uint _number;

    [Params(SrtpProfile.AeadAes128Gcm, SrtpProfile.AesCm128HmacSha1_80)]
    public SrtpProfile Profile { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        RtpPacket.WriteHeader(_packet, false, 111, 1, 960, Ssrc);
        _packet[RtpPacket.FixedHeaderLength] = 0x78;
        byte[] key = new byte[16];
        byte[] salt = new byte[Profile == SrtpProfile.AeadAes128Gcm ? 12 : 14];
        _sender = new SrtpContext(Profile, key, salt);
        _receiver = new SrtpContext(Profile, key, salt);
    }

    [GlobalCleanup]
    public void CleanUp()
    {
        _sender.Dispose();
        _receiver.Dispose();
    }

    [Benchmark]
    public bool Parse() => RtpPacket.TryParse(_packet, out var packet) && packet.Payload.Length == PayloadLength;

    [Benchmark]
    public bool Rewrite()
    {
        _number++;
        RtpPacket.WriteHeader(_packet, false, 111, (ushort)_number, _number * 960, Ssrc);
        return RtpPacket.TryParse(_packet, out var packet) && _rewriter.TryRewrite(packet, new Instant(_number * 200_000L), out _, out _);
    }

    [Benchmark]
    public int Protect() => ProtectNext();

    /// <summary>A packet can be unprotected once, so that each needs one that has just been protected: the difference is what unprotecting costs.</summary>
    [Benchmark]
    public DropReason ProtectAndUnprotect() => _receiver.UnprotectRtp(_buffer.AsSpan(0, ProtectNext()), out _);

    private int ProtectNext()
    {
        _number++;
        int length = RtpPacket.WriteHeader(_buffer, false, 111, (ushort)_number, _number * 960, Ssrc);
        _packet.AsSpan(RtpPacket.FixedHeaderLength).CopyTo(_buffer.AsSpan(length));
        _sender.TryProtectRtp(_buffer, length + PayloadLength, out int protectedLength);
        return protectedLength;
    }
}
