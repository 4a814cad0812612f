using BenchmarkDotNet.Attributes;
using Ttm.Net;
using Ttm.Rtc;
using Ttm.Rtc.Dtls;
using Ttm.Rtc.Ice;
using Ttm.Rtc.Rtp;
using Ttm.Sfu.Media;

namespace Ttm.Bench;

/// <summary>
/// A packet through the media loop without the system calls: found by its address, unprotected, parsed, counted, rewritten, protected. Always the same
/// lesson's, so that everything is in the caches: the relay of many lessons costs several times as much. The teacher's protecting is in it.
/// </summary>
[Config(typeof(ShortInProcess))]
#pragma warning disable CA1001 // BenchmarkDotNet calls the clean-up, and inherits from the class
public class ForwardBenchmarks
#pragma warning restore CA1001
{
    private const byte PayloadType = 111;
    private const int PayloadLength = 80;
    private static readonly TransportAddress Server = TransportAddress.FromIPv4(0xC000_0201, 3478);
    private static readonly TransportAddress Teacher = TransportAddress.FromIPv4(0xC000_0202, 1);
    private static readonly TransportAddress Student = TransportAddress.FromIPv4(0xC000_0203, 1);

    private readonly SentSocket _socket = new();
    private readonly Publication _publication = new();
    private readonly byte[] _buffer = new byte[DatagramLimits.BufferLength];
    private readonly List<IDisposable> _owned = [];
    private MediaLoop _loop = null!;
    private DtlsCertificate _certificate = null!;
    private RtcSession _teacher = null!;
    private Instant _now = new(1_000_000);
    private uint _number;

    [GlobalSetup]
    public void SetUp()
    {
        _certificate = DtlsCertificate.Create(TimeProvider.System.GetUtcNow());
        _loop = new MediaLoop(_socket, new MediaClock(TimeProvider.System), (_, fault) => throw fault);
        _teacher = Connect(Teacher, transport => new Publisher("teacher", transport, _publication, PayloadType, 0, Source(), SystemRandomness.Instance, _now), out var publisher);
        Connect(Student, transport => new Subscription("student", transport, PayloadType, Source(), SystemRandomness.Instance, _now), out var subscription);
        _publication.Publish((Publisher)publisher, _now);
        _publication.Switch((Subscription)subscription, null, _now);
        _socket.IsKept = false;
    }

    [GlobalCleanup]
    public void CleanUp()
    {
        _owned.ForEach(one => one.Dispose());
        _certificate.Dispose();
    }

    [Benchmark]
    public long Forward()
    {
        _number++;
        _now += TimeSpan.FromMilliseconds(20);
        int length = RtpPacket.WriteHeader(_buffer, false, PayloadType, (ushort)_number, _number * OpusPayload.UsualSamples, 7);
        _buffer[length] = 0x78;
        _teacher.TryProtectRtp(_buffer, length + PayloadLength, out int protectedLength);
        _loop.OnDatagram(_buffer.AsSpan(0, protectedLength), Teacher, _now);
        return _loop.Counters.PacketsForwarded;
    }

    private static LocalSource Source() => LocalSource.Generate(SystemRandomness.Instance);

    private RtcSession Connect(in TransportAddress address, Func<RtcSession, MediaSession> create, out MediaSession session)
    {
        var local = IceCredentials.Generate(SystemRandomness.Instance);
        var remote = IceCredentials.Generate(SystemRandomness.Instance);
        session = create(new RtcSession(new IceLiteAgent(local, remote, _now), new DtlsTransport(_certificate, DtlsRole.Passive, [_certificate.Fingerprint])));
        var client = new RtcSession(
            new IceControllingAgent(remote, local, [Server], SystemRandomness.Instance, _now),
            new DtlsTransport(_certificate, DtlsRole.Active, [_certificate.Fingerprint]));
        _owned.Add(session);
        _owned.Add(client);
        _loop.Add(session, _now);
        while (client.State != RtcSessionState.Connected || session.Transport.State != RtcSessionState.Connected)
        {
            _now += TimeSpan.FromMilliseconds(10);
            client.Tick(_now);
            while (client.TryTakeDatagram(_buffer, out int length, out _))
                _loop.OnDatagram(_buffer.AsSpan(0, length), address, _now);
            _loop.OnTick(_now);
            while (_socket.Sent.TryDequeue(out var sent))
            {
                if (sent.To == address)
                    client.Receive(sent.Datagram, Server, _now, out _, out _);
            }
        }

        return client;
    }

    private sealed class SentSocket : IDatagramSocket
    {
        private readonly byte[] _buffer = new byte[DatagramLimits.BufferLength];

        public bool IsKept { get; set; } = true;

        public Queue<(byte[] Datagram, TransportAddress To)> Sent { get; } = [];

        public ushort Port => 3478;

        public int ReceiveBufferBytes => MediaSocket.BufferBytes;

        public int Receive(TimeSpan timeout) => 0;

        public void Pause(TimeSpan time)
        {
        }

        public Span<byte> GetReceived(int index, out TransportAddress from) => throw new NotSupportedException();

        public Span<byte> GetSendBuffer() => _buffer;

        public void Send(int length, in TransportAddress to)
        {
            if (IsKept)
                Sent.Enqueue((_buffer[..length], to));
        }

        public int Flush() => 0;

        public void Wake()
        {
        }

        public void Dispose()
        {
        }
    }
}
