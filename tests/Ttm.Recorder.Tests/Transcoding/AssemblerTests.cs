using Ttm.Recorder.Opus;
using Ttm.Recorder.Tests.Simulation;
using Ttm.Recorder.Transcoding;
using Ttm.Rtc.Rtp;
using Ttm.Testing;

namespace Ttm.Recorder.Tests.Transcoding;

public sealed class AssemblerTests
{
    private const int Rate = 24_000;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Advance_HostilePackets_NeverThrowsAndKeepsTheWallClock(ulong seed)
    {
        var chance = new SeededRandomness(seed);
        using var encoder = new OpusEncoder(complexity: 3);
        List<SentPacket> packets = [.. new SimulatedTeacher(encoder).Speak(0, 30, Tones.At)];
        using var decoder = new OpusDecoder(Rate);
        var output = new CountingSink();
        var assembler = new Assembler(decoder, output);
        assembler.Open(new StreamPosition(default, packets[0].Ssrc, packets[0].Timestamp, true));
        for (int i = 0; i < packets.Count; i++)
        {
            SentPacket packet = packets[i];
            if (chance.Chance(0.05))
                packet = packet with { Timestamp = (uint)chance.NextUInt64() };
            if (chance.Chance(0.05))
                packet = packet with { Sequence = (ushort)chance.NextUInt64() };
            if (chance.Chance(0.05))
                packet = packet with { Ssrc = (uint)chance.Next(4) };
            byte[] datagram = packet.ToDatagram();
            if (chance.Chance(0.1))
                datagram = Mutations.Random(datagram, 1, chance.NextUInt64()).First();
            long arrival = i * 480L;
            assembler.Accept(datagram, arrival);
            assembler.Advance(long.MaxValue, arrival);
            assembler.Cursor.ShouldBeLessThanOrEqualTo(Math.Max(0, arrival));
        }

        assembler.Close(default, 30 * Rate);
        for (int i = 0; i < 100 && assembler.Cursor < assembler.End; i++)
            assembler.Advance(long.MaxValue, long.MaxValue);
        output.Count.ShouldBe(30 * Rate);
    }

    [Fact]
    public void Advance_InStepsOfAnySize_GivesTheSameSamples()
    {
        using var encoder = new OpusEncoder(dtx: true);
        var arrivals = SimulatedRecording.Network(new SimulatedTeacher(encoder).Speak(0, 12, time => time % 4 < 2 ? Tones.At(time) : (short)0), 0.1, 0.1).ToList();
        short[] whole = Assemble(arrivals, every: int.MaxValue);
        foreach (int every in new[] { 1, 37 })
        {
            short[] stepped = Assemble(arrivals, every);
            stepped.Length.ShouldBe(whole.Length);
            (stepped.AsSpan().CommonPrefixLength(whole) / (double)Rate).ShouldBe(whole.Length / (double)Rate);
        }
    }

    [Fact]
    public void Advance_AnHour_NeedsNoMoreMemoryThanAMinute()
    {
        using var decoder = new SilentDecoder();
        var output = new CountingSink();
        var assembler = new Assembler(decoder, output);
        byte[] datagram = new byte[RtpPacket.FixedHeaderLength + 80];
        datagram[RtpPacket.FixedHeaderLength] = 0x78;
        assembler.Open(new StreamPosition(default, 1, 0, true));
        long after = 0;
        for (int i = 0; i < 180_000; i++)
        {
            if (i == 3000)
                after = GC.GetAllocatedBytesForCurrentThread();
            RtpPacket.WriteHeader(datagram, false, 111, (ushort)i, (uint)(i * 960), 1);
            if (i % 10 != 3)
                assembler.Accept(datagram, i * 480L);
            assembler.Advance(long.MaxValue, i * 480L);
        }

        output.Count.ShouldBeGreaterThan(3590L * Rate);
        (GC.GetAllocatedBytesForCurrentThread() - after).ShouldBeLessThan(20_000);
    }

    private static short[] Assemble(List<(double Arrival, SentPacket Packet)> arrivals, int every)
    {
        using var decoder = new OpusDecoder(Rate);
        var output = new CountingSink();
        var assembler = new Assembler(decoder, output);
        assembler.Open(new StreamPosition(default, arrivals[0].Packet.Ssrc, 0xFFFF_F000, true));
        for (int i = 0; i < arrivals.Count; i++)
        {
            long arrival = (long)(arrivals[i].Arrival * Rate);
            assembler.Accept(arrivals[i].Packet.ToDatagram(), arrival);
            if (i % every == every - 1)
                assembler.Advance(long.MaxValue, arrival);
        }

        assembler.Close(default, 12 * Rate);
        while (assembler.Cursor < assembler.End)
            assembler.Advance(long.MaxValue, long.MaxValue);
        return [.. output.Samples];
    }

    private sealed class CountingSink : ISampleSink
    {
        public long Count { get; private set; }

        public List<short> Samples { get; } = new(2_000_000);

        public void Write(ReadOnlySpan<short> samples)
        {
            Count += samples.Length;
            if (Samples.Count + samples.Length <= Samples.Capacity)
                Samples.AddRange(samples);
        }

        public void WriteSilence(long count)
        {
            for (; count > 0; count -= Silence.Length)
                Write(Silence.AsSpan(0, (int)Math.Min(count, Silence.Length)));
        }

        private static readonly short[] Silence = new short[1000];
    }

    private sealed class SilentDecoder : IAudioDecoder
    {
        public int SampleRate => Rate;

        public int Decode(ReadOnlySpan<byte> payload, Span<short> pcm) => 480;

        public bool DecodePrevious(ReadOnlySpan<byte> payload, Span<short> pcm) => true;

        public void Conceal(Span<short> pcm) => pcm.Clear();

        public void Reset()
        {
        }

        public void Dispose()
        {
        }
    }
}
