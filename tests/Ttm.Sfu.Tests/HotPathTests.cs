using Ttm.Rtc;
using Ttm.Rtc.Rtp;
using Ttm.Sfu.Media;
using Ttm.Sfu.Media.Flight;

namespace Ttm.Sfu.Tests;

/// <summary>A relayed packet's whole way through the loop, from socket to socket, with real keys.</summary>
public sealed class HotPathTests : IDisposable
{
    private static readonly byte[] Speech = [0x78, .. Enumerable.Range(0, 79).Select(index => (byte)index)];
    private readonly MediaHarness _harness = new(3);
    private readonly MediaLoop _loop;
    private readonly Dictionary<TransportAddress, RtcClient> _clients = [];
    private readonly Queue<(byte[] Datagram, TransportAddress To)> _sent = [];
    private Instant _now = new(1_000_000);
    private ushort _sequenceNumber = 500;
    private uint _timestamp;
    private Subscription? _subscription;
    private MediaSession? _teacherSession;

    public HotPathTests()
    {
        _loop = _harness.Loop;
        _harness.Socket.Sent = Keep;
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void OnDatagram_RtpInSteadyState_AllocatesNothing(bool recorded)
    {
        var teacher = Connect(true, 1);
        Connect(false, 2);
        var recording = new CountingSink();
        var subscription = _subscription!;
        _harness.Publication.Switch(subscription, recorded ? recording : null, _now);

        int forwarded = 0;
        _harness.Socket.Sent = (ReadOnlySpan<byte> _, in TransportAddress _) => forwarded++;
        byte[] buffer = new byte[2048];
        Relay(teacher, buffer, 200);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Relay(teacher, buffer, 2000);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);

        _loop.Counters.PacketsForwarded.ShouldBe(2200);
        forwarded.ShouldBeGreaterThanOrEqualTo(2200);
        recording.Count.ShouldBe(recorded ? 2200 : 0);

        // The flight recorder was on all the time.
        _teacherSession!.Flight.Take(_now).Read().Count(one => one is { Kind: FlightEventKind.Rtp, IsOutgoing: false }).ShouldBe(2200);
        _subscription!.Flight.Take(_now).Read().Count(one => one is { Kind: FlightEventKind.Rtp, IsOutgoing: true }).ShouldBeGreaterThanOrEqualTo(2200);
    }

    [Fact]
    public void OnTick_ReportsAndTrickleInSteadyState_AllocateNothing()
    {
        Connect(true, 1);
        Connect(false, 2);
        int sent = 0;
        _harness.Socket.Sent = (ReadOnlySpan<byte> _, in TransportAddress _) => sent++;
        TickFor(TimeSpan.FromSeconds(5));
        long before = GC.GetAllocatedBytesForCurrentThread();
        TickFor(TimeSpan.FromSeconds(20));
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
        sent.ShouldBeGreaterThan(60);
    }

    public void Dispose() => _harness.Dispose();

    private void Relay(RtcClient teacher, byte[] buffer, int count)
    {
        var from = TransportAddress.FromIPv4(0x7F000001, 1);
        for (int index = 0; index < count; index++)
        {
            _now += TimeSpan.FromMilliseconds(20);
            _timestamp += 960;
            int length = teacher.WritePacket(buffer, false, _sequenceNumber++, _timestamp, Speech);
            _loop.OnDatagram(buffer.AsSpan(0, length), from, _now);
        }
    }

    private void TickFor(TimeSpan span)
    {
        var end = _now + span;
        while (_loop.NextTick <= end)
        {
            _now = _loop.NextTick;
            _loop.OnTick(_now);
        }

        _now = end;
    }

    private RtcClient Connect(bool publishes, ushort port)
    {
        var (client, session) = _harness.Add(publishes, _now);
        var address = TransportAddress.FromIPv4(0x7F000001, port);
        _clients[address] = client;
        Handshake(client.Session!, address);
        session.Transport.State.ShouldBe(RtcSessionState.Connected);
        _subscription = session as Subscription ?? _subscription;
        _teacherSession = publishes ? session : _teacherSession;
        return client;
    }

    private void Handshake(RtcSession client, in TransportAddress address)
    {
        byte[] buffer = new byte[2048];
        for (int round = 0; round < 200 && client.State != RtcSessionState.Connected; round++)
        {
            _now += TimeSpan.FromMilliseconds(10);
            client.Tick(_now);
            while (client.TryTakeDatagram(buffer, out int length, out _))
                _loop.OnDatagram(buffer.AsSpan(0, length), address, _now);
            _loop.OnTick(_now);
            while (_sent.TryDequeue(out var sent))
                _clients[sent.To].Session!.Receive(sent.Datagram, MediaHarness.Server, _now, out _, out _);
        }
    }

    private void Keep(ReadOnlySpan<byte> datagram, in TransportAddress to) => _sent.Enqueue((datagram.ToArray(), to));

    private sealed class CountingSink : IRtpSink
    {
        public int Count { get; private set; }

        public void Open(in StreamPosition start)
        {
        }

        public void Write(in RtpPacket packet, Instant now) => Count++;

        public void Close(in StreamPosition end)
        {
        }
    }
}
