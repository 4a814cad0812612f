using System.Security.Cryptography;
using Ttm.Rtc.Dtls;
using Ttm.Rtc.Srtp;

namespace Ttm.Rtc.Tests.Dtls;

public sealed class DtlsTransportTests
{
    [Fact]
    public void Handshake_CleanPipe_ConnectsBothWithTheSameKeys()
    {
        using var pair = new DtlsPair();
        pair.Start();
        pair.Run();
        ShouldShareKeys(pair, SrtpProfile.AeadAes128Gcm);
        pair.LongestDatagram.ShouldBeLessThanOrEqualTo(DtlsTransport.MaxDatagramLength);
        pair.Active.NextTick.ShouldBe(Instant.Never);
        pair.Passive.NextTick.ShouldBe(Instant.Never);
    }

    [Theory]
    [InlineData("SRTP_AES128_CM_SHA1_80", SrtpProfile.AesCm128HmacSha1_80)]
    [InlineData("SRTP_AEAD_AES_128_GCM", SrtpProfile.AeadAes128Gcm)]
    [InlineData("SRTP_AES128_CM_SHA1_80:SRTP_AEAD_AES_128_GCM", SrtpProfile.AeadAes128Gcm)]
    public void Handshake_PeerOffersProfiles_TheBestCommonOneIsTaken(string offered, SrtpProfile expected)
    {
        using var pair = new DtlsPair(activeOptions: new DtlsOptions { SrtpProfiles = offered });
        pair.Start();
        pair.Run();
        ShouldShareKeys(pair, expected);
    }

    [Fact]
    public void Handshake_NoCommonProfile_Fails()
    {
        using var pair = new DtlsPair(
            activeOptions: new DtlsOptions { SrtpProfiles = "SRTP_AES128_CM_SHA1_80" },
            passiveOptions: new DtlsOptions { SrtpProfiles = "SRTP_AEAD_AES_128_GCM" });
        pair.Start();
        pair.Run();
        pair.Passive.State.ShouldBe(DtlsState.Failed);
        pair.Passive.FailureReason!.ShouldContain("SRTP");
        pair.Active.TryExportKeys(out _).ShouldBeFalse();
    }

    [Fact]
    public void Handshake_SeveralFingerprints_OneSuffices()
    {
        DtlsFingerprint.TryParse("sha-1 00:11:22", out DtlsFingerprint? other).ShouldBeTrue();
        using var pair = new DtlsPair
        {
            Passive = new DtlsTransport(
                DtlsPair.PassiveCertificate, DtlsRole.Passive, [other, DtlsPair.PassiveCertificate.Fingerprint, DtlsPair.ActiveCertificate.Fingerprint]),
        };
        pair.Start();
        pair.Run();
        ShouldShareKeys(pair, SrtpProfile.AeadAes128Gcm);
    }

    [Fact]
    public void Handshake_WrongClientFingerprint_FailsAndTellsThePeer()
    {
        using var pair = new DtlsPair
        {
            Passive = new DtlsTransport(DtlsPair.PassiveCertificate, DtlsRole.Passive, [DtlsPair.PassiveCertificate.Fingerprint]),
        };
        pair.Start();
        pair.Run();
        pair.Passive.State.ShouldBe(DtlsState.Failed);
        pair.Passive.FailureReason!.ShouldContain("fingerprint");
        pair.Passive.TryExportKeys(out _).ShouldBeFalse();
        pair.Active.State.ShouldBe(DtlsState.Failed);
        pair.Active.FailureReason!.ShouldContain("bad certificate");
    }

    [Fact]
    public void Handshake_WrongServerFingerprint_FailsAndTellsThePeer()
    {
        using var pair = new DtlsPair
        {
            Active = new DtlsTransport(DtlsPair.ActiveCertificate, DtlsRole.Active, []),
        };
        pair.Start();
        pair.Run();
        pair.Active.State.ShouldBe(DtlsState.Failed);
        pair.Active.FailureReason!.ShouldContain("fingerprint");
        pair.Passive.State.ShouldBe(DtlsState.Failed);
    }

    [Fact]
    public void Close_Connected_ClosesThePeer()
    {
        using var pair = new DtlsPair();
        pair.Start();
        pair.Run();
        pair.Passive.Close();
        pair.Passive.State.ShouldBe(DtlsState.Closed);
        pair.Drain();
        pair.Run();
        pair.Active.State.ShouldBe(DtlsState.Closed);
        pair.Active.TryExportKeys(out _).ShouldBeFalse();
    }

    [Fact]
    public void Receive_BeforeStart_SaysNothing()
    {
        using var pair = new DtlsPair();
        pair.Active.Start(pair.Now);
        pair.Drain();
        pair.Passive.Receive(pair.Sent[0], pair.Now).ShouldBe(DropReason.NotConnected);
        pair.Passive.TryTakeDatagram(new byte[1200], out _).ShouldBeFalse();
    }

    [Fact]
    public void Tick_PeerStaysSilent_RetransmitsWithGrowingIntervalsAndGivesUp()
    {
        using var pair = new DtlsPair(loss: 1);
        pair.Start();
        List<double> intervals = [];
        Instant start = pair.Now;
        while (pair.Active.State == DtlsState.Handshaking)
        {
            intervals.Add((pair.Active.NextTick - pair.Now).TotalMilliseconds);
            pair.Step(pair.Active.NextTick);
        }

        intervals[..7].ShouldBe([100, 200, 400, 800, 1600, 3200, 4000]);
        pair.Active.FailureReason!.ShouldContain("30 s");
        (pair.Now - start).ShouldBe(TimeSpan.FromSeconds(30));
        pair.Sent.Count.ShouldBe(intervals.Count);
    }

    [Fact]
    public void Dispose_ThenUsed_RefusesEverything()
    {
        using var pair = new DtlsPair();
        pair.Start();
        pair.Run();
        pair.Active.Dispose();
        pair.Active.Receive(pair.Sent[0], pair.Now).ShouldBe(DropReason.NotConnected);
        pair.Active.TryExportKeys(out _).ShouldBeFalse();
        pair.Active.Close();
        pair.Active.Tick(pair.Now);
        pair.Active.Dispose();
    }

    [Fact]
    public void Dispose_ThousandHandshakes_GivesTheMemoryBack()
    {
        // A leak of one SSL is about 50 KB, of all of them 100 MB, in each round; tests that run beside this one may grow in some.
        RunHandshakes(200);
        List<long> growth = [];
        for (int round = 0; round < 3 && growth.DefaultIfEmpty(long.MaxValue).Min() > 24 * 1024 * 1024; round++)
        {
            long before = Environment.WorkingSet;
            RunHandshakes(1000);
            growth.Add(Environment.WorkingSet - before);
        }

        growth.Min().ShouldBeLessThan(24 * 1024 * 1024);
    }

    [Fact]
    public void Fingerprint_OfOurCertificate_RoundTripsThroughSdp()
    {
        string value = DtlsPair.ActiveCertificate.Fingerprint.ToString();
        value.ShouldStartWith("sha-256 ");
        DtlsFingerprint.TryParse(value.ToLowerInvariant(), out DtlsFingerprint? parsed).ShouldBeTrue();
        parsed.ToString().ShouldBe(value);
        parsed.Hash.Length.ShouldBe(SHA256.HashSizeInBytes);
    }

    [Theory]
    [InlineData("")]
    [InlineData("sha-256")]
    [InlineData("sha-256 ")]
    [InlineData("sha-256 A")]
    [InlineData("sha-256 AA:")]
    [InlineData("sha-256 AA:B")]
    [InlineData("sha-256 AA-BB")]
    [InlineData("sha-256 AA:GG")]
    [InlineData("sha-256 +A:BB")]
    public void TryParse_NotAFingerprint_IsRefused(string value) => DtlsFingerprint.TryParse(value, out _).ShouldBeFalse();

    [Theory]
    [InlineData("sha-256")]
    [InlineData("sha-384")]
    [InlineData("sha-512")]
    public void Matches_EveryStrongHash_KnowsTheCertificate(string algorithm)
    {
        byte[] der = RandomNumberGenerator.GetBytes(300);
        byte[] hash = algorithm switch { "sha-256" => SHA256.HashData(der), "sha-384" => SHA384.HashData(der), _ => SHA512.HashData(der) };
        string text = $"{algorithm} {BitConverter.ToString(hash).Replace('-', ':')}";
        DtlsFingerprint.TryParse(text, out DtlsFingerprint? fingerprint).ShouldBeTrue();
        fingerprint.Matches(der).ShouldBeTrue();
        der[0] ^= 1;
        fingerprint.Matches(der).ShouldBeFalse();
    }

    internal static void ShouldShareKeys(DtlsPair pair, SrtpProfile profile)
    {
        pair.Active.State.ShouldBe(DtlsState.Connected, pair.Active.FailureReason);
        pair.Passive.State.ShouldBe(DtlsState.Connected, pair.Passive.FailureReason);
        pair.Active.TryExportKeys(out SrtpKeys? active).ShouldBeTrue();
        pair.Passive.TryExportKeys(out SrtpKeys? passive).ShouldBeTrue();
        using (active)
        using (passive)
        {
            active.Profile.ShouldBe(profile);
            passive.Profile.ShouldBe(profile);
            active.LocalKey.ToArray().ShouldBe(passive.RemoteKey.ToArray());
            active.LocalSalt.ToArray().ShouldBe(passive.RemoteSalt.ToArray());
            active.RemoteKey.ToArray().ShouldBe(passive.LocalKey.ToArray());
            active.RemoteSalt.ToArray().ShouldBe(passive.LocalSalt.ToArray());
            active.LocalKey.ToArray().ShouldNotBe(active.RemoteKey.ToArray());
            using SrtpContext sender = active.CreateSender();
            using SrtpContext receiver = passive.CreateReceiver();
            byte[] packet = [0x80, 111, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 2, 3, .. new byte[SrtpContext.MaxOverhead]];
            sender.TryProtectRtp(packet, 15, out int length).ShouldBeTrue();
            receiver.UnprotectRtp(packet.AsSpan(0, length), out _).ShouldBe(DropReason.None);
        }
    }

    private static void RunHandshakes(int count)
    {
        for (int i = 0; i < count; i++)
        {
            using var pair = new DtlsPair();
            pair.Start();
            if (i % 4 == 0)
                pair.Run();
        }
    }
}
