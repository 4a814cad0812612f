using Ttm.Rtc.Rtp;

namespace Ttm.Rtc.Tests.Rtp;

public sealed class OpusPayloadTests
{
    // RFC 6716 table 2: frame sizes in units of 2.5 ms (120 samples), by config.
    private static readonly int[] FrameUnits =
    [
        4, 8, 16, 24, 4, 8, 16, 24, 4, 8, 16, 24,
        4, 8, 4, 8,
        1, 2, 4, 8, 1, 2, 4, 8, 1, 2, 4, 8, 1, 2, 4, 8,
    ];

    [Fact]
    public void TryGetDuration_EveryTocAndCount_FollowsTable2()
    {
        for (int toc = 0; toc < 256; toc++)
        {
            for (int count = 0; count < 64; count++)
            {
                int frames = (toc & 3) switch { 0 => 1, 3 => count, _ => 2 };
                int samples = frames * FrameUnits[toc >> 3] * 120;
                bool valid = samples is > 0 and <= 5_760;

                OpusPayload.TryGetDuration([(byte)toc, (byte)(0xC0 | count), 0], out int actual).ShouldBe(valid);
                actual.ShouldBe(valid ? samples : 0);
            }
        }
    }

    [Fact]
    public void TryGetDuration_EmptyOrCode3WithoutACount_IsRefused()
    {
        OpusPayload.TryGetDuration([], out _).ShouldBeFalse();
        OpusPayload.TryGetDuration([0xFB], out _).ShouldBeFalse();
    }

    [Fact]
    public void IsDtx_OneOrTwoBytes_AreDtx()
    {
        OpusPayload.IsDtx([]).ShouldBeFalse();
        OpusPayload.IsDtx([0x78]).ShouldBeTrue();
        OpusPayload.IsDtx([0x78, 0]).ShouldBeTrue();
        OpusPayload.IsDtx(OpusPayload.Silence).ShouldBeFalse();
    }

    [Fact]
    public void Silence_IsOnePacketOf20Ms()
    {
        OpusPayload.TryGetDuration(OpusPayload.Silence, out int samples).ShouldBeTrue();
        samples.ShouldBe(OpusPayload.UsualSamples);
    }
}
