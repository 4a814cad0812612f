using Ttm.Rtc.Srtp;

namespace Ttm.Rtc.Tests.Srtp;

/// <summary>Ours and libsrtp2, byte for byte and in both directions.</summary>
public sealed class SrtpLibsrtpTests
{
    private const uint Ssrc = 0xCAFEBABE;

    public static TheoryData<SrtpProfile> Profiles => SrtpPackets.Profiles;

    [Theory]
    [MemberData(nameof(Profiles))]
    public void TryProtectRtp_ManyPacketsOverRollovers_EqualsLibsrtp(SrtpProfile profile)
    {
        var random = new Random(1);
        using SrtpContext ours = SrtpPackets.Context(profile);
        using Libsrtp theirs = SrtpPackets.Libsrtp(profile, sends: true);
        byte[] buffer = new byte[2048];
        int sequenceNumber = 30000;
        for (int i = 0; i < 3000; i++, sequenceNumber += 1 + random.Next(100))
        {
            byte[] packet = SrtpPackets.RandomRtp(random, Ssrc, (ushort)sequenceNumber);
            packet.CopyTo(buffer, 0);
            int length = theirs.Protect(buffer, packet.Length);
            ours.SealRtp(packet).ShouldBe(buffer[..length]);
        }

        sequenceNumber.ShouldBeGreaterThan(2 * 65536);
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void UnprotectRtp_ReorderedRepeatedAndLost_SaysWhatLibsrtpSays(SrtpProfile profile)
    {
        var random = new Random(2);
        using SrtpContext ours = SrtpPackets.Context(profile);
        using Libsrtp sender = SrtpPackets.Libsrtp(profile, sends: true);
        using Libsrtp theirs = SrtpPackets.Libsrtp(profile, sends: false);
        byte[] buffer = new byte[2048];
        List<byte[]> inFlight = [];
        int accepted = 0;
        int refused = 0;
        for (int i = 0; i < 6000; i++)
        {
            byte[] packet = SrtpPackets.RandomRtp(random, Ssrc, (ushort)(60000 + (i * 2)));
            packet.CopyTo(buffer, 0);
            inFlight.Add(buffer[..sender.Protect(buffer, packet.Length)]);
            if (inFlight.Count < 30)
                continue;

            int pick = random.Next(inFlight.Count);
            byte[] chosen = inFlight[pick];
            if (random.Next(10) != 0)
                inFlight.RemoveAt(pick);

            DropReason reason = ours.OpenRtp(chosen, out byte[] plain);
            chosen.CopyTo(buffer, 0);
            int length = theirs.Unprotect(buffer, chosen.Length);
            (reason == DropReason.None).ShouldBe(length > 0, $"{reason} against {length} at {i}");
            if (length > 0)
            {
                plain.ShouldBe(buffer[..length]);
                accepted++;
            }
            else
            {
                reason.ShouldBe(DropReason.Replayed);
                refused++;
            }
        }

        accepted.ShouldBeGreaterThan(1000);
        refused.ShouldBeGreaterThan(100);
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void TryProtectRtcp_ManyPackets_LibsrtpReadsThem(SrtpProfile profile)
    {
        using SrtpContext ours = SrtpPackets.Context(profile);
        using Libsrtp theirs = SrtpPackets.Libsrtp(profile, sends: false);
        byte[] buffer = new byte[512];
        for (int i = 0; i < 500; i++)
        {
            byte[] packet = SrtpPackets.Rtcp(Ssrc, i % 40);
            byte[] protectedPacket = ours.SealRtcp(packet);
            protectedPacket.CopyTo(buffer, 0);
            int length = theirs.UnprotectRtcp(buffer, protectedPacket.Length);
            length.ShouldBe(packet.Length);
            buffer[..length].ShouldBe(packet);
        }
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void UnprotectRtcp_ManyPackets_ReadsLibsrtps(SrtpProfile profile)
    {
        using SrtpContext ours = SrtpPackets.Context(profile);
        using Libsrtp theirs = SrtpPackets.Libsrtp(profile, sends: true);
        byte[] buffer = new byte[512];
        for (int i = 0; i < 500; i++)
        {
            byte[] packet = SrtpPackets.Rtcp(Ssrc + (uint)(i % 3), i % 40);
            packet.CopyTo(buffer, 0);
            byte[] protectedPacket = buffer[..theirs.ProtectRtcp(buffer, packet.Length)];
            ours.OpenRtcp(protectedPacket, out byte[] plain).ShouldBe(DropReason.None);
            plain.ShouldBe(packet);
            ours.OpenRtcp(protectedPacket, out _).ShouldBe(DropReason.Replayed);
        }
    }
}
