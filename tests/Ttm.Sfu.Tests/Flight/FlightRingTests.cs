using Ttm.Rtc;
using Ttm.Rtc.Rtcp;
using Ttm.Rtc.Rtp;
using Ttm.Rtc.Stun;
using Ttm.Sfu.Media;
using Ttm.Sfu.Media.Flight;
using Ttm.Testing;

namespace Ttm.Sfu.Tests.Flight;

public sealed class FlightRingTests
{
    private static readonly Instant Start = new(TimeSpan.FromHours(3).Ticks);
    private readonly FlightRing _ring = new(Start);

    [Fact]
    public void Read_OfSteadyPackets_TellsEachOne()
    {
        for (int index = 0; index < 100; index++)
            _ring.SentRtp(Packet((ushort)(65500 + index), (uint)(uint.MaxValue - 5000 + (index * 960)), 80 + index), At(index * 20));

        var events = Read(2000);
        events.Count.ShouldBe(100);
        events[0].At.ShouldBe(TimeSpan.Zero);
        events[99].ShouldSatisfyAllConditions(
            one => one.Kind.ShouldBe(FlightEventKind.Rtp),
            one => one.IsOutgoing.ShouldBe(true),
            one => one.SequenceNumber.ShouldBe((ushort)(65500 + 99 - 65536)),
            one => one.Timestamp.ShouldBe(unchecked(uint.MaxValue - 5000 + (99 * 960))),
            one => one.Size.ShouldBe(179),
            one => one.Type.ShouldBe((byte)111),
            one => one.Marker.ShouldBe(false),
            one => one.At.ShouldBe(TimeSpan.FromMilliseconds(1980)));
    }

    [Fact]
    public void Read_OfAMinuteOfSpeechBothWays_HasAllOfIt()
    {
        for (int index = 0; index < 50 * 90; index++)
        {
            _ring.Received(DatagramKind.Rtp, Packet((ushort)index, (uint)(index * 960), 120), DropReason.None, At(index * 20));
            if (index % 250 == 0)
                _ring.Rtcp(true, new byte[60], At(index * 20));
            if (index % 125 == 0)
                _ring.Received(DatagramKind.Stun, new byte[100], DropReason.None, At(index * 20));
        }

        var events = Read(50 * 90 * 20);
        events.Count(one => one.Kind == FlightEventKind.Rtp).ShouldBe(50 * 60);
        events[0].At.ShouldBe(TimeSpan.FromSeconds(30));
        events.Zip(events.Skip(1)).ShouldAllBe(pair => pair.First.At <= pair.Second.At);
    }

    /// <summary>Whatever goes in, in whatever order: what comes out is the end of it, exactly.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Read_OfAnything_IsTheEndOfWhatWasWritten(ulong seed)
    {
        var chance = new SeededRandomness(seed);
        var written = new List<(TimeSpan At, FlightEventKind Kind, int? Size, ushort? Number, uint? Timestamp)>();
        ushort number = 0;
        uint timestamp = 0;
        long now = 0;
        for (int index = 0; index < 20_000; index++)
        {
            now += Next(chance, 200) == 0 ? Next(chance, 20_000) : Next(chance, 40);
            int size = 12 + Next(chance, 1400);
            bool isLoss = Next(chance, 20) == 0;
            number += (ushort)(isLoss ? 2 : 1);
            timestamp += (uint)(isLoss ? 1920 : Next(chance, 50) == 0 ? 4800 : 960);
            switch (Next(chance, 8))
            {
                case 0:
                    _ring.Drop(DatagramKind.Rtp, Packet(number, timestamp, size), DropReason.Duplicate, At(now));
                    written.Add((Milliseconds(now), FlightEventKind.Drop, size, number, null));
                    break;
                case 1:
                    _ring.Received(DatagramKind.Dtls, new byte[size], DropReason.None, At(now));
                    written.Add((Milliseconds(now), FlightEventKind.Dtls, size, null, null));
                    break;
                case 2:
                    _ring.Path(SessionPath.TurnTls, At(now));
                    written.Add((Milliseconds(now), FlightEventKind.Path, null, null, null));
                    break;
                default:
                    _ring.Received(DatagramKind.Rtp, Packet(number, timestamp, size, Next(chance, 100) == 0), DropReason.None, At(now));
                    written.Add((Milliseconds(now), FlightEventKind.Rtp, size, number, timestamp));
                    break;
            }
        }

        var events = Read(now);
        events.Count.ShouldBeGreaterThan(500);
        events.Select(one => (one.At, one.Kind, one.Size, one.SequenceNumber, one.Timestamp)).ShouldBe(written.TakeLast(events.Count));
    }

    [Fact]
    public void Read_OfOtherEvents_TellsTheirFacts()
    {
        _ring.State(RtcSessionState.Connected, At(1));
        _ring.Path(SessionPath.IceTcp, At(2));
        _ring.Listening(true, At(3));
        _ring.Source(0xCAFE_F00D, At(4));
        _ring.Received(DatagramKind.Stun, [0x01, 0x01, .. new byte[30]], DropReason.None, At(5));
        _ring.Sent([22, .. new byte[199]], At(6));
        _ring.Received(DatagramKind.Unknown, new byte[7], DropReason.UnknownProtocol, At(7));
        Span<byte> report = stackalloc byte[32];
        new ReportBlock(1, 64, -3, 5, 480, 0, 0).Write(report[8..]);
        (report[0], report[1]) = (0x81, 201);
        _ring.Rtcp(false, report, At(3_600_000));

        var events = Read(3_600_000);
        events.ShouldHaveSingleItem("an hour later the others are older than a minute");
        events[0].ShouldBe(new FlightEvent(TimeSpan.FromHours(1), FlightEventKind.Rtcp, false) { Type = 201, FractionLost = 0.25, CumulativeLost = -3, Jitter = 480 });
        _ring.Take(At(7)).Read().Take(7).ShouldBe(
        [
            new(Milliseconds(1), FlightEventKind.State) { State = RtcSessionState.Connected },
            new(Milliseconds(2), FlightEventKind.Path) { Path = SessionPath.IceTcp },
            new(Milliseconds(3), FlightEventKind.Listening) { Begins = true },
            new(Milliseconds(4), FlightEventKind.Source) { Ssrc = 0xCAFE_F00D },
            new(Milliseconds(5), FlightEventKind.Stun, false, 32) { StunClass = StunClass.SuccessResponse },
            new(Milliseconds(6), FlightEventKind.Dtls, true, 200) { Type = 22 },
            new(Milliseconds(7), FlightEventKind.Drop, null, 7) { Datagram = DatagramKind.Unknown, Reason = DropReason.UnknownProtocol },
        ]);
    }

    [Fact]
    public void Ring_OfHostileDatagrams_TakesThemAll()
    {
        foreach (var kind in Enum.GetValues<DatagramKind>())
        {
            for (int length = 0; length < 40; length++)
            {
                byte[] datagram = Enumerable.Repeat((byte)0xFF, length).ToArray();
                _ring.Received(kind, datagram, DropReason.None, At(length));
                _ring.Received(kind, datagram, DropReason.RateLimited, At(length));
                _ring.Rtcp(true, datagram, At(length));
                _ring.Sent(datagram, At(length));
                _ring.SentRtp(datagram, At(length));
            }
        }

        Read(40).Count.ShouldBeGreaterThan(500);
    }

    private static Instant At(long milliseconds) => Start + Milliseconds(milliseconds);

    private static TimeSpan Milliseconds(long milliseconds) => TimeSpan.FromMilliseconds(milliseconds);

    private static byte[] Packet(ushort number, uint timestamp, int size, bool marker = false)
    {
        byte[] packet = new byte[size];
        RtpPacket.WriteHeader(packet, marker, 111, number, timestamp, 1);
        return packet;
    }

    private static int Next(SeededRandomness chance, int limit)
    {
        Span<byte> bytes = stackalloc byte[4];
        chance.Fill(bytes);
        return (int)(BitConverter.ToUInt32(bytes) % (uint)limit);
    }

    private List<FlightEvent> Read(long milliseconds) => [.. _ring.Take(At(milliseconds)).Read()];
}
