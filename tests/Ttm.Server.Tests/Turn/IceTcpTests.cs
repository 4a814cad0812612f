using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Ttm.Net;
using Ttm.Net.Tcp;
using Ttm.Rtc;
using Ttm.Rtc.Dtls;
using Ttm.Rtc.Rtp;
using Ttm.Rtc.Stun;
using Ttm.Server.Tests.Kit;
using Ttm.Server.Turn;
using Ttm.Sfu.Media;
using Ttm.Testing;

namespace Ttm.Server.Tests.Turn;

/// <summary>A lesson in which nobody has UDP: ICE-TCP (RFC 6544) from the answer's candidates on.</summary>
public sealed class IceTcpTests
{
    [Fact]
    public async Task Lesson_ByTcpAlone_IsHeard()
    {
        await using var server = await TestServer.StartWholeAsync("--Media:PublicAddresses=127.0.0.1");
        using var certificate = DtlsCertificate.Create(TimeProvider.System.GetUtcNow());
        var clock = server.Get<MediaClock>();
        using var teacher = new TcpRtcClient(new RtcClient(true, certificate, new SeededRandomness(1)), clock);
        using var student = new TcpRtcClient(new RtcClient(false, certificate, new SeededRandomness(2)), clock);
        await ConnectAsync(server, "/whep/a", server.Student("a"), student);
        await ConnectAsync(server, "/whip/a", server.Teacher("a"), teacher);
        await server.SendAsync("PUT", "/api/v1/lessons/a/listener", server.Teacher("a"), """{"student":"s-1"}""").ShouldBeAsync(200);

        for (var sent = 0; student.Heard < 10 && sent < 500; sent++)
        {
            teacher.SendPacket();
            await teacher.PumpAsync();
            await student.PumpAsync();
        }

        student.Heard.ShouldBeGreaterThanOrEqualTo(10);
        server.Get<MediaPort>().TcpConnections.ShouldBe(2);
        await ShouldShowAsync(server, "ice-tcp", "ice-tcp");
        student.Dispose();
        for (var round = 0; server.Get<MediaPort>().TcpConnections > 1 && round < 500; round++)
            await teacher.PumpAsync();
        server.Get<MediaPort>().TcpConnections.ShouldBe(1);
    }

    /// <summary>The in-process relay: TURN's credentials as they are handed out, no allowed peers, no relay socket.</summary>
    [Fact]
    public async Task Lesson_ThroughTurn_IsHeard()
    {
        await using var server = await TestServer.StartWholeAsync("--Media:PublicAddresses=127.0.0.1");
        using var certificate = DtlsCertificate.Create(TimeProvider.System.GetUtcNow());
        var clock = server.Get<MediaClock>();
        var ice = (await (await server.SendAsync("GET", "/api/v1/ice-servers", server.Student("a"))).JsonAsync()).GetProperty("iceServers")[1];
        var relay = new TurnChannel(ice.GetProperty("username").GetString()!, ice.GetProperty("credential").GetString()!);
        using var teacher = new TcpRtcClient(new RtcClient(true, certificate, new SeededRandomness(3)), clock);
        using var student = new TcpRtcClient(new RtcClient(false, certificate, new SeededRandomness(4)), clock, relay);
        await ConnectAsync(server, "/whep/a", server.Student("a"), student);
        await ConnectAsync(server, "/whip/a", server.Teacher("a"), teacher);
        await server.SendAsync("PUT", "/api/v1/lessons/a/listener", server.Teacher("a"), """{"student":"s-1"}""").ShouldBeAsync(200);

        for (var sent = 0; student.Heard < 10 && sent < 500; sent++)
        {
            teacher.SendPacket();
            await teacher.PumpAsync();
            await student.PumpAsync();
        }

        student.Heard.ShouldBeGreaterThanOrEqualTo(10);
        server.Get<TurnGuest>().Metrics.InProcessPackets.ShouldBeGreaterThanOrEqualTo(15, "ten packets heard, checks and a DTLS handshake");
        server.Get<TurnGuest>().Metrics.SocketPackets.ShouldBe(0);
        await ShouldShowAsync(server, "ice-tcp", "turn-tcp");
    }

    private static async Task ShouldShowAsync(TestServer server, string teacherPath, string studentPath)
    {
        var node = await (await server.SendAsync("GET", "/api/v1/node", server.Service).ShouldBeAsync(200)).JsonAsync();
        var lesson = node.GetProperty("lessons")[0];
        lesson.GetProperty("listener").GetString().ShouldBe("s-1");
        lesson.GetProperty("recording").GetString().ShouldStartWith("rec_");
        var teacher = lesson.GetProperty("teacher");
        teacher.GetProperty("path").GetString().ShouldBe(teacherPath);
        teacher.GetProperty("packetsReceived").GetInt32().ShouldBeGreaterThanOrEqualTo(10);
        teacher.GetProperty("packetsLost").GetInt32().ShouldBe(0);
        var student = lesson.GetProperty("students")[0];
        student.GetProperty("path").GetString().ShouldBe(studentPath);
        student.GetProperty("packetsSent").GetInt32().ShouldBeGreaterThanOrEqualTo(10);
        node.GetProperty("sessions").EnumerateArray().Sum(one => one.GetProperty("count").GetInt32()).ShouldBe(2);
        node.GetProperty("disk").GetProperty("freeBytes").GetInt64().ShouldBeGreaterThan(0);
    }

    private static async Task ConnectAsync(TestServer server, string path, string token, TcpRtcClient client)
    {
        var response = await server.SendAsync("POST", path, token, client.Rtc.Offer, "application/sdp").ShouldBeAsync(201);
        await client.ApplyAnswerAsync(await response.Content.ReadAsStringAsync(), server.Get<EntrancePorts>().Tcp);
        for (var round = 0; !client.IsConnected && round < 1000; round++)
            await client.PumpAsync();
        client.IsConnected.ShouldBeTrue();
    }

    /// <summary>A browser's media stack behind one TCP connection.</summary>
    private sealed class TcpRtcClient(RtcClient rtc, MediaClock clock, TurnChannel? relay = null) : IDisposable
    {
        private readonly TcpClient _tcp = new();
        private readonly byte[] _datagram = new byte[DatagramLimits.BufferLength];
        private readonly byte[] _frame = new byte[DatagramLimits.BufferLength + StreamFrames.MaxOverhead];
        private PipeReader? _input;
        private TransportAddress _server;
        private ushort _sequenceNumber;
        private uint _timestamp;

        public RtcClient Rtc => rtc;

        private StreamFraming Framing => relay is null ? StreamFraming.Rfc4571 : StreamFraming.Turn;

        public int Heard { get; private set; }

        public bool IsConnected => rtc.Session is { State: RtcSessionState.Connected };

        public async Task ApplyAnswerAsync(string answer, int port)
        {
            // The agent under test on this side knows UDP alone: it is told that the server's passive candidate was one.
            var lines = answer.Split("\r\n");
            var passive = lines.Single(line => line.Contains(" tcp ", StringComparison.Ordinal));
            passive.ShouldEndWith("typ host tcptype passive");
            var disguised = passive.Replace(" tcp ", " udp ").Replace(" tcptype passive", "");
            var others = lines.Where(line => !line.StartsWith("a=candidate:", StringComparison.Ordinal));
            rtc.TryApplyAnswer(string.Join("\r\n", others.SelectMany(line => line == "a=end-of-candidates" ? [disguised, line] : new[] { line })), clock.Now, out var error).ShouldBeTrue(error);
            int.Parse(passive.Split(' ')[5]).ShouldBe(port);
            await _tcp.ConnectAsync("127.0.0.1", port);
            _tcp.NoDelay = true;
            _server = TransportAddress.From((IPEndPoint)_tcp.Client.RemoteEndPoint!);
            if (relay is not null)
                await relay.OpenAsync(_tcp.GetStream(), _server);
            _input = PipeReader.Create(_tcp.GetStream());
        }

        public async Task PumpAsync()
        {
            var session = rtc.Session!;
            using var soon = new CancellationTokenSource(TimeSpan.FromMilliseconds(10));
            try
            {
                var read = await _input!.ReadAsync(soon.Token);
                var buffer = read.Buffer;
                while (StreamFrames.TryTake(Framing, ref buffer, _datagram, out var length) == FrameResult.Taken)
                    Receive(session, _datagram.AsSpan(relay is null ? 0 : TurnChannel.HeaderLength, length - (relay is null ? 0 : TurnChannel.HeaderLength)));
                _input.AdvanceTo(buffer.Start, buffer.End);
            }
            catch (OperationCanceledException)
            {
                // Nothing has come.
            }

            if (session.NextTick <= clock.Now)
                session.Tick(clock.Now);
            while (session.TryTakeDatagram(_datagram, out var length, out _))
                Send(_datagram.AsSpan(0, length));
        }

        public void SendPacket()
        {
            var length = rtc.WritePacket(_datagram, false, _sequenceNumber++, _timestamp += OpusPayload.UsualSamples, new byte[60]);
            Send(_datagram.AsSpan(0, length));
        }

        public void Dispose()
        {
            rtc.Session?.Dispose();
            _tcp.Dispose();
        }

        private void Receive(RtcSession session, Span<byte> datagram)
        {
            var reason = session.Receive(datagram, _server, clock.Now, out var kind, out var length);
            if (reason == DropReason.None && kind == DatagramKind.Rtp && RtpPacket.TryParse(datagram[..length], out var packet) && packet.Payload.Length > 20)
                Heard++;
        }

        private void Send(ReadOnlySpan<byte> datagram) =>
            _tcp.GetStream().Write(_frame.AsSpan(0, StreamFrames.Write(Framing, _frame, relay is null ? datagram : TurnChannel.Wrap(datagram))));
    }

    /// <summary>TURN's client on a TCP connection: an allocation, and one channel to the media port.</summary>
    private sealed class TurnChannel(string username, string password)
    {
        public const int HeaderLength = 4;
        private const ushort Number = 0x4000;
        private byte[] _realm = [];
        private byte[] _nonce = [];
        private byte _transaction;

        public static byte[] Wrap(ReadOnlySpan<byte> datagram) =>
            [Number >> 8, Number & 0xFF, (byte)(datagram.Length >> 8), (byte)datagram.Length, .. datagram];

        public async Task OpenAsync(NetworkStream stream, TransportAddress media)
        {
            (await RequestAsync(stream, StunMethod.Allocate, default)).ShouldBe(StunClass.ErrorResponse);
            (await RequestAsync(stream, StunMethod.Allocate, default)).ShouldBe(StunClass.SuccessResponse);
            (await RequestAsync(stream, StunMethod.ChannelBind, media)).ShouldBe(StunClass.SuccessResponse);
        }

        private async Task<StunClass> RequestAsync(NetworkStream stream, StunMethod method, TransportAddress peer)
        {
            await stream.WriteAsync(Write(method, peer));
            var answer = new byte[2048];
            await stream.ReadExactlyAsync(answer.AsMemory(0, 20));
            var length = 20 + (answer[2] << 8) + answer[3];
            await stream.ReadExactlyAsync(answer.AsMemory(20, length - 20));
            return Read(answer.AsSpan(0, length));
        }

        private byte[] Write(StunMethod method, in TransportAddress peer)
        {
            var buffer = new byte[1024];
            var id = new byte[StunMessage.TransactionIdLength];
            id[0] = ++_transaction;
            var writer = new StunWriter(buffer, method, StunClass.Request, id);
            if (method == StunMethod.Allocate)
            {
                writer.WriteUInt32(StunAttribute.RequestedTransport, 17u << 24);
            }
            else
            {
                writer.WriteUInt32(StunAttribute.ChannelNumber, (uint)Number << 16);
                writer.WriteXorAddress(StunAttribute.XorPeerAddress, peer);
            }

            if (_nonce.Length > 0)
            {
                writer.Write(StunAttribute.Username, Encoding.UTF8.GetBytes(username));
                writer.Write(StunAttribute.Realm, _realm);
                writer.Write(StunAttribute.Nonce, _nonce);
                writer.WriteMessageIntegrity(StunLongTermKey.Derive(StunPasswordAlgorithm.Md5, username, Encoding.UTF8.GetString(_realm), password));
            }

            return buffer[..writer.Length];
        }

        private StunClass Read(ReadOnlySpan<byte> answer)
        {
            StunMessage.TryParse(answer, out var message).ShouldBeTrue();
            if (message.TryGetAttribute(StunAttribute.Nonce, out var nonce) && message.TryGetAttribute(StunAttribute.Realm, out var realm))
                (_nonce, _realm) = (nonce.ToArray(), realm.ToArray());
            return message.Class;
        }
    }
}
