using Ttm.Rtc.Rtp;
using Ttm.Testing;

namespace Ttm.Rtc.Tests.Rtp;

/// <summary>
/// Many stretches from random sources over a network that loses, doubles, reorders; every outgoing packet is compared with a model
/// that knows the whole source: out number = first out number + wanted source packets since the first.
/// </summary>
public sealed class StreamRewriterPropertyTests
{
    private const int MaxLateness = 40;

    private readonly HashSet<long> _used = [];
    private SequenceExtender _outgoing;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public void TryRewrite_LossReorderDuplicatesPaddingAndSwitches_MatchesTheModel(ulong seed)
    {
        var randomness = new SeededRandomness(seed);
        var clock = new FakeClock();
        var rewriter = StreamRewriter.Create(1, randomness);
        long last = rewriter.NextSilence(clock.Now).SequenceNumber;
        _outgoing.Extend((ushort)last);
        _used.Add(last);

        int forwarded = 0;
        for (int stretch = 0; stretch < 60; stretch++)
        {
            rewriter.SwitchSource();
            forwarded += RunStretch(rewriter, randomness, clock);
            for (int silence = randomness.Next(4); silence > 0; silence--)
            {
                clock.Advance(TimeSpan.FromMilliseconds(400));
                long highest = _outgoing.Highest;
                long number = _outgoing.Extend(rewriter.NextSilence(clock.Now).SequenceNumber);
                number.ShouldBe(highest + 1);
                _used.Add(number).ShouldBeTrue();
            }
        }

        forwarded.ShouldBeGreaterThan(10_000);
    }

    private int RunStretch(StreamRewriter rewriter, SeededRandomness randomness, FakeClock clock)
    {
        var source = Source.Make(randomness, 100 + randomness.Next(400));
        long before = _outgoing.Highest;
        SourcePacket? first = null;
        RtpHeaderValues firstHeader = default;
        HashSet<int> seen = [];
        foreach (var arrival in source.Arrivals(randomness, MaxLateness))
        {
            clock.Advance(TimeSpan.FromMilliseconds(5));
            var packet = RtpPackets.Parse(arrival.Bytes);
            bool taken = rewriter.TryRewrite(in packet, clock.Now, out var header, out var reason);
            if (first is not null && arrival.Index < first.Index)
            {
                reason.ShouldBe(DropReason.TooLate);
                continue;
            }

            if (!arrival.Wanted)
            {
                reason.ShouldBe(seen.Add(arrival.Index) || first is null ? DropReason.PaddingOnly : DropReason.Duplicate);
                continue;
            }

            taken.ShouldBe(seen.Add(arrival.Index));
            if (!taken)
            {
                reason.ShouldBe(DropReason.Duplicate);
                continue;
            }

            long number = _outgoing.Extend(header.SequenceNumber);
            _used.Add(number).ShouldBeTrue();
            if (first is null)
            {
                first = arrival;
                firstHeader = header;
                number.ShouldBe(before + 1);
            }

            number.ShouldBe(before + 1 + arrival.WantedBefore - first.WantedBefore);
            (header.Timestamp - firstHeader.Timestamp).ShouldBe(packet.Timestamp - first.Timestamp);
            header.Marker.ShouldBe(packet.Marker || ReferenceEquals(arrival, first));
        }

        return seen.Count;
    }

    private sealed record SourcePacket(int Index, int WantedBefore, bool Wanted, uint Timestamp, byte[] Bytes);

    private sealed class Source(List<SourcePacket> packets)
    {
        public static Source Make(SeededRandomness randomness, int count)
        {
            uint ssrc = (uint)randomness.NextUInt64();
            ushort number = (ushort)randomness.NextUInt64();
            uint timestamp = (uint)randomness.NextUInt64();
            int wantedBefore = 0;
            List<SourcePacket> packets = [];
            for (int i = 0; i < count; i++, number++)
            {
                // A late first packet behind padding is the one case in which padding does leave a hole.
                bool wanted = i < MaxLateness || !randomness.Chance(0.05);
                byte[] bytes = wanted
                    ? RtpPackets.Build(number, timestamp, ssrc, randomness.Chance(0.02))
                    : RtpPackets.BuildPaddingOnly(number, timestamp, ssrc);
                packets.Add(new SourcePacket(i, wantedBefore, wanted, timestamp, bytes));
                if (wanted)
                {
                    wantedBefore++;
                    timestamp += randomness.Chance(0.05) ? 19_200u : 960u;
                }
            }

            return new Source(packets);
        }

        /// <summary>Padding is neither lost nor late here: what that does has tests of its own.</summary>
        public IEnumerable<SourcePacket> Arrivals(SeededRandomness randomness, int maxLateness)
        {
            List<(int At, SourcePacket Packet)> arrivals = [];
            foreach (var packet in packets)
            {
                if (packet.Wanted && randomness.Chance(0.1))
                    continue;
                int late = packet.Wanted && randomness.Chance(0.2) ? randomness.Next(maxLateness) : 0;
                arrivals.Add((packet.Index + late, packet));
                if (randomness.Chance(0.05))
                    arrivals.Add((packet.Index + late + randomness.Next(10), packet));
            }

            return arrivals.OrderBy(arrival => arrival.At).ThenBy(arrival => arrival.Packet.Index).Select(arrival => arrival.Packet);
        }
    }
}
