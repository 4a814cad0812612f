using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Ttm.Net;
using Ttm.Net.Tcp;
using Ttm.Rtc;
using Ttm.Rtc.Dtls;
using Ttm.Rtc.Rtp;
using Ttm.Server.Tests.Kit;
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
        student.Dispose();
        for (var round = 0; server.Get<MediaPort>().TcpConnections > 1 && round < 500; round++)
            await teacher.PumpAsync();
        server.Get<MediaPort>().TcpConnections.ShouldBe(1);
    }

    private static async Task ConnectAsync(TestServer server, string path, string token, TcpRtcClient client)
    {
        var response = await server.SendAsync("POST", path, token, client.Rtc.Offer, "application/sdp").ShouldBeAsync(201);
        await client.ApplyAnswerAsync(await response.Content.ReadAsStringAsync());
        for (var round = 0; !client.IsConnected && round < 1000; round++)
            await client.PumpAsync();
        client.IsConnected.ShouldBeTrue();
    }

    /// <summary>A browser's media stack behind one TCP connection.</summary>
    private sealed class TcpRtcClient(RtcClient rtc, MediaClock clock) : IDisposable
    {
        private readonly TcpClient _tcp = new();
        private readonly byte[] _datagram = new byte[DatagramLimits.BufferLength];
        private readonly byte[] _frame = new byte[DatagramLimits.BufferLength + StreamFrames.MaxOverhead];
        private PipeReader? _input;
        private TransportAddress _server;
        private ushort _sequenceNumber;
        private uint _timestamp;

        public RtcClient Rtc => rtc;

        public int Heard { get; private set; }

        public bool IsConnected => rtc.Session is { State: RtcSessionState.Connected };

        public async Task ApplyAnswerAsync(string answer)
        {
            // The agent under test on this side knows UDP alone: it is told that the server's passive candidate was one.
            var lines = answer.Split("\r\n");
            var passive = lines.Single(line => line.Contains(" tcp ", StringComparison.Ordinal));
            passive.ShouldEndWith("typ host tcptype passive");
            var disguised = passive.Replace(" tcp ", " udp ").Replace(" tcptype passive", "");
            var others = lines.Where(line => !line.StartsWith("a=candidate:", StringComparison.Ordinal));
            rtc.TryApplyAnswer(string.Join("\r\n", others.SelectMany(line => line == "a=end-of-candidates" ? [disguised, line] : new[] { line })), clock.Now, out var error).ShouldBeTrue(error);
            await _tcp.ConnectAsync("127.0.0.1", int.Parse(passive.Split(' ')[5]));
            _tcp.NoDelay = true;
            _server = TransportAddress.From((IPEndPoint)_tcp.Client.RemoteEndPoint!);
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
                while (StreamFrames.TryTake(StreamFraming.Rfc4571, ref buffer, _datagram, out var length) == FrameResult.Taken)
                    Receive(session, _datagram.AsSpan(0, length));
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
            _tcp.GetStream().Write(_frame.AsSpan(0, StreamFrames.Write(StreamFraming.Rfc4571, _frame, datagram)));
    }
}
