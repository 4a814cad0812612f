using System.Net;
using System.Net.Sockets;
using Ttm.Net;
using Ttm.Rtc.Dtls;
using Ttm.Rtc.Rtp;
using Ttm.Rtc.Stun;
using Ttm.Server.Tests.Kit;
using Ttm.Sfu.Media;
using Ttm.Testing;

namespace Ttm.Server.Tests.Turn;

public sealed class HostilePortTests
{
    [Fact]
    public async Task Lesson_UnderTenThousandsOfDamagedMessages_GoesOn()
    {
        await using var server = await TestServer.StartWholeAsync("--Media:PublicAddresses=127.0.0.1");
        using var certificate = DtlsCertificate.Create(TimeProvider.System.GetUtcNow());
        using var teacher = new UdpRtcClient(true, certificate, new SeededRandomness(1), server.Get<MediaClock>());
        using var student = new UdpRtcClient(false, certificate, new SeededRandomness(2), server.Get<MediaClock>());
        var heard = 0;
        student.Received = (in RtpPacket packet, Ttm.Rtc.Instant _) => heard += packet.Payload.Length > 20 ? 1 : 0;
        await ConnectAsync(server, "/whep/a", server.Student("a"), student);
        await ConnectAsync(server, "/whip/a", server.Teacher("a"), teacher);
        await server.SendAsync("PUT", "/api/v1/lessons/a/listener", server.Teacher("a"), """{"student":"s-1"}""").ShouldBeAsync(200);

        using var enemy = new UdpClient(0, AddressFamily.InterNetwork);
        var port = server.Get<MediaPort>();
        enemy.Connect(IPAddress.Loopback, port.Port);
        var payload = new byte[60];
        payload[0] = 0xF8;
        var sent = 0;
        foreach (var message in Messages())
        {
            enemy.Send(message);
            if (++sent % 100 != 0)
                continue;
            teacher.SendPacket(payload);
            teacher.Pump(TimeSpan.Zero);
            student.Pump(TimeSpan.FromMilliseconds(5));
        }

        for (var round = 0; heard < sent / 200 && round < 500; round++)
        {
            teacher.SendPacket(payload);
            teacher.Pump(TimeSpan.FromMilliseconds(5));
            student.Pump(TimeSpan.FromMilliseconds(15));
        }

        heard.ShouldBeGreaterThanOrEqualTo(sent / 200);
        server.Logs.Lines.Where(line => line.StartsWith("Error", StringComparison.Ordinal)).ShouldBeEmpty();
    }

    private static IEnumerable<byte[]> Messages()
    {
        byte[][] good = [Allocate(), [0x40, 0x00, 0x00, 0x04, 1, 2, 3, 4], [0x00, 0x16, 0x00, 0x00, 0x21, 0x12, 0xA4, 0x42, .. new byte[12]]];
        return good.SelectMany((message, index) => Mutations.Truncations(message).Concat(Mutations.Random(message, 4_000, (ulong)index + 7)))
            .Where(message => message.Length > 0);
    }

    private static byte[] Allocate()
    {
        var buffer = new byte[512];
        var writer = new StunWriter(buffer, StunMethod.Allocate, StunClass.Request, new byte[StunMessage.TransactionIdLength]);
        writer.WriteUInt32(StunAttribute.RequestedTransport, 17u << 24);
        writer.Write(StunAttribute.Username, "teacher"u8);
        writer.Write(StunAttribute.Realm, "thinkthroughmath.com"u8);
        writer.Write(StunAttribute.Nonce, "0123456789abcdef"u8);
        writer.WriteMessageIntegrity(new byte[16]);
        writer.WriteFingerprint();
        return buffer[..writer.Length];
    }

    private static async Task ConnectAsync(TestServer server, string path, string token, UdpRtcClient client)
    {
        var response = await server.SendAsync("POST", path, token, client.Rtc.Offer, "application/sdp").ShouldBeAsync(201);
        client.ApplyAnswer(await response.Content.ReadAsStringAsync());
        for (var round = 0; !client.IsConnected && round < 500; round++)
            client.Pump(TimeSpan.FromMilliseconds(10));
        client.IsConnected.ShouldBeTrue();
    }
}
