using Ttm.Rtc;
using Ttm.Rtc.Ice;
using Ttm.Rtc.Rtp;
using Ttm.Sfu.Media;
using Ttm.Testing.Networking;

namespace Ttm.Sfu.Tests;

/// <summary>A teacher and a student, each behind a bad network, on a fake clock.</summary>
public sealed class LossyNetworkTests : IDisposable
{
    private static readonly TransportAddress TeacherAddress = TransportAddress.FromIPv4(0xC6336401, 5000);
    private static readonly TransportAddress StudentAddress = TransportAddress.FromIPv4(0xCB007101, 6000);
    private static readonly LinkConditions Bad = new()
    {
        Loss = 0.10,
        Reordering = 0.10,
        Duplication = 0.02,
        Delay = TimeSpan.FromMilliseconds(25),
        Jitter = TimeSpan.FromMilliseconds(15),
    };

    private readonly VirtualNetwork _network = new(77) { Conditions = Bad };
    private readonly MediaHarness _harness = new(5);
    private readonly ClientPeer _teacher;
    private readonly ClientPeer _student;
    private readonly MediaSession _publisher;
    private readonly MediaSession _subscription;
    private readonly VirtualEndpoint _teacherEnd;
    private ushort _sequenceNumber = 60_000;
    private uint _timestamp = uint.MaxValue - 50_000;
    private byte _number;

    public LossyNetworkTests()
    {
        _network.Attach(new LoopPeer(_harness), MediaHarness.Server);
        (var teacher, _publisher) = _harness.Add(true, _network.Now);
        (var student, _subscription) = _harness.Add(false, _network.Now);
        _teacher = new ClientPeer(teacher.Session!);
        _student = new ClientPeer(student.Session!);
        Teacher = teacher;
        _teacherEnd = _network.Attach(_teacher, TeacherAddress);
        _network.Attach(_student, StudentAddress);
    }

    private RtcClient Teacher { get; }

    [Fact]
    public void ALesson_WithTenPercentLossAndReordering_ConnectsAndEveryPacketThatArrivedIsHeardOnce()
    {
        Connect();
        _harness.Publication.Switch((Subscription)_subscription, null, _network.Now);
        Speak(TimeSpan.FromSeconds(30));

        var counters = _harness.Loop.Counters;
        counters.PacketsReceived.ShouldBeInRange(1250, 1450);
        counters.PacketsForwarded.ShouldBeGreaterThan((long)(counters.PacketsReceived * 0.99));
        _student.Heard.Count.ShouldBeInRange((int)(counters.PacketsForwarded * 0.85), (int)(counters.PacketsForwarded * 0.95));
        _student.Heard.Select(packet => packet.Sequence).ShouldBeUnique();
        _student.Heard.Select(packet => packet.Ssrc).Distinct().Count().ShouldBe(1);

        // Timestamps say the same as the source's, whatever was lost: 960 a packet number.
        var ordered = _student.Heard.OrderBy(packet => (short)(packet.Sequence - _student.Heard[0].Sequence)).ToList();
        for (int index = 1; index < ordered.Count; index++)
        {
            byte numbers = (byte)(ordered[index].Number - ordered[index - 1].Number);
            (ordered[index].Timestamp - ordered[index - 1].Timestamp).ShouldBe(960u * numbers);
            ((ushort)(ordered[index].Sequence - ordered[index - 1].Sequence)).ShouldBe(numbers);
        }
    }

    [Fact]
    public void ATeacherWhoseAddressChanges_IsFollowed()
    {
        Connect();
        _harness.Publication.Switch((Subscription)_subscription, null, _network.Now);
        Speak(TimeSpan.FromSeconds(1));
        _network.Rebind(_teacherEnd, TransportAddress.FromIPv4(0xC6336402, 5001));
        Speak(TimeSpan.FromSeconds(12));
        int before = _student.Heard.Count;
        Speak(TimeSpan.FromSeconds(2));
        (_student.Heard.Count - before).ShouldBeGreaterThan(60);
        _publisher.Transport.Remote.ShouldBe(TransportAddress.FromIPv4(0xC6336402, 5001));
    }

    [Fact]
    public void AStudentWhoVanishes_IsClosedWithinThirtySecondsOfTheLastCheck()
    {
        Connect();
        _network.Conditions = LinkConditions.Good;
        _network.RunFor(TimeSpan.FromSeconds(6));
        _network.SetLink(StudentAddress, MediaHarness.Server, LinkConditions.Cut);
        _network.RunFor(TimeSpan.FromSeconds(20));
        _subscription.Transport.State.ShouldBe(RtcSessionState.Connected);
        _network.RunFor(TimeSpan.FromSeconds(11));
        _subscription.Transport.State.ShouldBe(RtcSessionState.Closed);
        _harness.Loop.SessionCount.ShouldBe(1);
    }

    [Fact]
    public void AnIceRestart_UnderSpeech_LosesNothingOfAGoodNetwork()
    {
        _network.Conditions = LinkConditions.Good;
        Connect();
        _harness.Publication.Switch((Subscription)_subscription, null, _network.Now);
        Speak(TimeSpan.FromSeconds(1));

        var server = new IceCredentials("newServerUfrag", "serverPassword/24+chars1");
        var client = new IceCredentials("newClientUfrag", "clientPassword/24+chars1");
        _harness.Loop.Restart(_publisher, server, client, _network.Now);
        Speak(TimeSpan.FromSeconds(1));
        ((IceControllingAgent)_teacher.Session.Ice).Restart(client, server, [MediaHarness.Server], _network.Now);
        Speak(TimeSpan.FromSeconds(2));

        ((IceLiteAgent)_publisher.Transport.Ice).IsRestarting.ShouldBeFalse();
        _student.Heard.Count.ShouldBe(200);
        for (int index = 1; index < _student.Heard.Count; index++)
            _student.Heard[index].Number.ShouldBe((byte)(_student.Heard[index - 1].Number + 1));
    }

    public void Dispose() => _harness.Dispose();

    private void Connect() =>
        _network.RunUntil(() => _teacher.IsConnected && _student.IsConnected && _subscription.Transport.State == RtcSessionState.Connected, TimeSpan.FromSeconds(20))
            .ShouldBeTrue();

    private void Speak(TimeSpan span)
    {
        byte[] buffer = new byte[256];
        for (var end = _network.Now + span; _network.Now < end; _network.RunFor(TimeSpan.FromMilliseconds(20)))
        {
            int length = Teacher.WritePacket(buffer, false, _sequenceNumber++, _timestamp, [0x78, _number++, 1, 2]);
            _timestamp += 960;
            _network.Inject(_teacherEnd.Address, MediaHarness.Server, buffer.AsSpan(0, length));
        }

        _network.RunFor(TimeSpan.FromMilliseconds(200));
    }

    private sealed class ClientPeer(RtcSession session) : IVirtualPeer
    {
        public RtcSession Session { get; } = session;

        public List<(ushort Sequence, uint Timestamp, uint Ssrc, byte Number)> Heard { get; } = [];

        public bool IsConnected => Session.State == RtcSessionState.Connected;

        public Instant NextTick => Session.NextTick;

        public void Receive(ReadOnlySpan<byte> datagram, in TransportAddress from, Instant now)
        {
            byte[] copy = datagram.ToArray();
            var reason = Session.Receive(copy, from, now, out var kind, out int length);
            if (reason == DropReason.None && kind == DatagramKind.Rtp && RtpPacket.TryParse(copy.AsSpan(0, length), out var packet)
                && !packet.Payload.SequenceEqual(OpusPayload.Silence))
                Heard.Add((packet.SequenceNumber, packet.Timestamp, packet.Ssrc, packet.Payload[1]));
        }

        public void Tick(Instant now) => Session.Tick(now);

        public bool TryTakeDatagram(Span<byte> buffer, out int length, out TransportAddress to) => Session.TryTakeDatagram(buffer, out length, out to);
    }

    /// <summary>The media loop as a peer: what it sends goes out with the next draining.</summary>
    private sealed class LoopPeer : IVirtualPeer
    {
        private readonly MediaLoop _loop;
        private readonly Queue<(byte[] Bytes, TransportAddress To)> _sent = new();

        public LoopPeer(MediaHarness harness)
        {
            _loop = harness.Loop;
            harness.Socket.Sent = Keep;
        }

        public Instant NextTick => _loop.NextTick;

        public void Receive(ReadOnlySpan<byte> datagram, in TransportAddress from, Instant now) => _loop.OnDatagram(datagram.ToArray(), from, now);

        public void Tick(Instant now) => _loop.OnTick(now);

        public bool TryTakeDatagram(Span<byte> buffer, out int length, out TransportAddress to)
        {
            bool any = _sent.TryDequeue(out var datagram);
            (length, to) = any ? (datagram.Bytes.Length, datagram.To) : (0, default);
            if (any)
                datagram.Bytes.CopyTo(buffer);
            return any;
        }

        private void Keep(ReadOnlySpan<byte> datagram, in TransportAddress to) => _sent.Enqueue((datagram.ToArray(), to));
    }
}
