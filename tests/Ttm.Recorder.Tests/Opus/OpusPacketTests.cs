using System.Runtime.InteropServices;
using Ttm.Recorder.Opus;
using Ttm.Recorder.Tests.Simulation;
using Ttm.Rtc;
using Ttm.Testing;

namespace Ttm.Recorder.Tests.Opus;

public sealed partial class OpusPacketTests
{
    static OpusPacketTests() => NativeLibraries.Register(typeof(OpusPacketTests).Assembly);

    [Fact]
    public void TryParse_EveryConfiguration_HasTheDurationThatLibopusTells()
    {
        for (int toc = 0; toc < 256; toc++)
        {
            byte[] payload = [(byte)toc, 1, 0, 0, 0];
            int expected = SampleCount(payload, payload.Length, 48_000);
            OpusPacket.TryParse(payload, out OpusPacket packet).ShouldBe(expected > 0);
            if (expected > 0)
                packet.Duration.ShouldBe(expected);
        }
    }

    [Fact]
    public void TryParse_Garbage_NeverThrowsAndNeverTellsAnotherDuration()
    {
        foreach (byte[] payload in Mutations.Garbage(20_000, 12, 3))
        {
            if (OpusPacket.TryParse(payload, out OpusPacket packet))
                packet.Duration.ShouldBe(SampleCount(payload, payload.Length, 48_000));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void HasFec_OfAnEncoderWithAndWithout_TellsThem(int channels)
    {
        Share(channels, fec: true).ShouldBeGreaterThan(0.2);
        Share(channels, fec: false).ShouldBe(0);
    }

    private static double Share(int channels, bool fec)
    {
        using var encoder = new OpusEncoder(channels, bitrate: 20_000 * channels, fec: fec);
        List<SentPacket> packets = [.. new SimulatedTeacher(encoder).Speak(0, 2, Tones.At)];
        return packets.Average(sent => OpusPacket.TryParse(sent.Payload, out OpusPacket packet) && packet.HasFec ? 1.0 : 0);
    }

    [LibraryImport(NativeLibraries.Opus, EntryPoint = "opus_packet_get_nb_samples")]
    private static partial int SampleCount(ReadOnlySpan<byte> packet, int length, int rate);
}
