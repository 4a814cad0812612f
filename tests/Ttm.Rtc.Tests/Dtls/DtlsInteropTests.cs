using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Ttm.Rtc.Dtls;
using Ttm.Rtc.Srtp;

namespace Ttm.Rtc.Tests.Dtls;

/// <summary>Against the openssl command line, over UDP on loopback, by the wall clock. Its certificate is RSA.</summary>
public sealed class DtlsInteropTests
{
    [Theory]
    [InlineData("SRTP_AEAD_AES_128_GCM", SrtpProfile.AeadAes128Gcm)]
    [InlineData("SRTP_AES128_CM_SHA1_80", SrtpProfile.AesCm128HmacSha1_80)]
    public void Passive_OpenSslClient_SharesKeys(string name, SrtpProfile profile)
    {
        using var peer = new OpenSslProcess();
        using Socket socket = OpenSslProcess.Bind();
        using var transport = new DtlsTransport(DtlsPair.PassiveCertificate, DtlsRole.Passive, [peer.Fingerprint]);
        peer.Run($"s_client -connect 127.0.0.1:{((IPEndPoint)socket.LocalEndPoint!).Port}", name, SrtpKeys.MaterialLength(profile));
        Run(transport, socket, new IPEndPoint(IPAddress.Loopback, 0), peer);
        ShouldShareKeys(transport, peer, profile, isClient: false);
    }

    [Theory]
    [InlineData("SRTP_AEAD_AES_128_GCM", SrtpProfile.AeadAes128Gcm)]
    [InlineData("SRTP_AES128_CM_SHA1_80", SrtpProfile.AesCm128HmacSha1_80)]
    public void Active_OpenSslServer_SharesKeys(string name, SrtpProfile profile)
    {
        int port;
        using (Socket free = OpenSslProcess.Bind())
            port = ((IPEndPoint)free.LocalEndPoint!).Port;
        using var peer = new OpenSslProcess();
        using Socket socket = OpenSslProcess.Bind();
        using var transport = new DtlsTransport(DtlsPair.ActiveCertificate, DtlsRole.Active, [peer.Fingerprint]);
        peer.Run($"s_server -accept 127.0.0.1:{port} -verify 1", name, SrtpKeys.MaterialLength(profile));
        Run(transport, socket, new IPEndPoint(IPAddress.Loopback, port), peer);
        ShouldShareKeys(transport, peer, profile, isClient: true);
    }

    private static void Run(DtlsTransport transport, Socket socket, EndPoint remote, OpenSslProcess peer)
    {
        byte[] buffer = new byte[2048];
        long origin = Stopwatch.GetTimestamp();
        transport.Start(new Instant(0));
        while (Stopwatch.GetElapsedTime(origin) < TimeSpan.FromSeconds(10) && (transport.State == DtlsState.Handshaking || peer.KeyingMaterial is null))
        {
            var now = new Instant(Stopwatch.GetElapsedTime(origin).Ticks);
            transport.Tick(now);
            while (transport.TryTakeDatagram(buffer, out int length))
                socket.SendTo(buffer.AsSpan(0, length), remote);
            try
            {
                if (socket.Poll(10_000, SelectMode.SelectRead))
                    _ = transport.Receive(buffer.AsSpan(0, socket.ReceiveFrom(buffer, ref remote)), now);
            }
            catch (SocketException)
            {
                // The server is not listening yet.
            }
        }
    }

    private static void ShouldShareKeys(DtlsTransport transport, OpenSslProcess peer, SrtpProfile profile, bool isClient)
    {
        transport.State.ShouldBe(DtlsState.Connected, $"{transport.FailureReason}\n{peer.Output}");
        transport.TryExportKeys(out SrtpKeys? keys).ShouldBeTrue();
        using (keys)
        {
            keys.Profile.ShouldBe(profile);
            byte[] material = isClient
                ? [.. keys.LocalKey, .. keys.RemoteKey, .. keys.LocalSalt, .. keys.RemoteSalt]
                : [.. keys.RemoteKey, .. keys.LocalKey, .. keys.RemoteSalt, .. keys.LocalSalt];
            Convert.ToHexString(material).ShouldBe(peer.KeyingMaterial, peer.Output);
        }
    }
}
