using Ttm.Rtc.Srtp;

namespace Ttm.Rtc.Tests.Srtp;

public sealed class SrtpContextTests
{
    private const uint Ssrc = 0x1234;

    public static TheoryData<SrtpProfile> Profiles => SrtpPackets.Profiles;

    [Theory]
    [MemberData(nameof(Profiles))]
    public void UnprotectRtp_OneBitWrongAnywhere_IsRefusedAndMovesNothing(SrtpProfile profile)
    {
        using SrtpContext sender = SrtpPackets.Context(profile);
        using SrtpContext receiver = SrtpPackets.Context(profile);
        byte[] protectedPacket = sender.SealRtp(SrtpPackets.Rtp(Ssrc, 1));
        for (int bit = 0; bit < protectedPacket.Length * 8; bit++)
        {
            byte[] wrong = [.. protectedPacket];
            wrong[bit / 8] ^= (byte)(1 << (bit % 8));
            receiver.OpenRtp(wrong, out _).ShouldBeOneOf(DropReason.BadAuthentication, DropReason.MalformedRtp);
        }

        receiver.OpenRtp(protectedPacket, out byte[] plain).ShouldBe(DropReason.None);
        plain.ShouldBe(SrtpPackets.Rtp(Ssrc, 1));
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void UnprotectRtp_EveryTruncation_IsRefused(SrtpProfile profile)
    {
        using SrtpContext sender = SrtpPackets.Context(profile);
        using SrtpContext receiver = SrtpPackets.Context(profile);
        byte[] rtp = sender.SealRtp(SrtpPackets.Rtp(Ssrc, 1));
        byte[] rtcp = sender.SealRtcp(SrtpPackets.Rtcp(Ssrc));
        for (int length = 0; length < rtp.Length; length++)
            receiver.OpenRtp(rtp[..length], out _).ShouldBeOneOf(DropReason.BadAuthentication, DropReason.MalformedRtp);
        for (int length = 0; length < rtcp.Length; length++)
            receiver.OpenRtcp(rtcp[..length], out _).ShouldBeOneOf(DropReason.BadAuthentication, DropReason.MalformedRtcp);

        receiver.OpenRtp(rtp, out _).ShouldBe(DropReason.None);
        receiver.OpenRtcp(rtcp, out _).ShouldBe(DropReason.None);
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void UnprotectRtp_Mutations_NeverThrowAndNeverPass(SrtpProfile profile)
    {
        var random = new Random(3);
        using SrtpContext sender = SrtpPackets.Context(profile);
        using SrtpContext receiver = SrtpPackets.Context(profile);
        for (int i = 0; i < 5000; i++)
        {
            byte[] rtp = sender.SealRtp(SrtpPackets.RandomRtp(random, Ssrc, (ushort)i));
            byte[] rtcp = sender.SealRtcp(SrtpPackets.Rtcp(Ssrc, random.Next(30)));
            receiver.OpenRtp(Mutate(random, rtp), out _).ShouldNotBe(DropReason.None);
            receiver.OpenRtcp(Mutate(random, rtcp), out _).ShouldNotBe(DropReason.None);
            receiver.OpenRtp(rtp, out _).ShouldBe(DropReason.None);
            receiver.OpenRtcp(rtcp, out _).ShouldBe(DropReason.None);
        }
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void UnprotectRtp_GarbageFromManySsrcs_TakesNoPlace(SrtpProfile profile)
    {
        using SrtpContext sender = SrtpPackets.Context(profile);
        using SrtpContext receiver = SrtpPackets.Context(profile);
        for (uint ssrc = 0; ssrc < 100; ssrc++)
        {
            receiver.OpenRtp(SrtpPackets.Rtp(ssrc, 60000), out _).ShouldBe(DropReason.BadAuthentication);
            receiver.OpenRtcp(SrtpPackets.Rtcp(ssrc, 10), out _).ShouldBe(DropReason.BadAuthentication);
        }

        receiver.OpenRtp(sender.SealRtp(SrtpPackets.Rtp(1, 1)), out _).ShouldBe(DropReason.None);
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void UnprotectRtp_NinthSsrc_IsTooMany(SrtpProfile profile)
    {
        using SrtpContext receiver = SrtpPackets.Context(profile);
        byte[] buffer = new byte[200];
        for (uint ssrc = 1; ssrc <= 9; ssrc++)
        {
            using SrtpContext sender = SrtpPackets.Context(profile);
            DropReason expected = ssrc <= SrtpStreamTable.Capacity ? DropReason.None : DropReason.TooManyStreams;
            receiver.OpenRtp(sender.SealRtp(SrtpPackets.Rtp(ssrc, 9)), out _).ShouldBe(expected);
            receiver.OpenRtcp(sender.SealRtcp(SrtpPackets.Rtcp(ssrc)), out _).ShouldBe(expected);
        }

        using SrtpContext full = SrtpPackets.Context(profile);
        for (uint ssrc = 1; ssrc <= 8; ssrc++)
            full.SealRtp(SrtpPackets.Rtp(ssrc, 9));
        SrtpPackets.Rtp(9, 9).CopyTo(buffer, 0);
        full.TryProtectRtp(buffer, 72, out _).ShouldBeFalse();
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void UnprotectRtp_OlderThanTheWindow_IsReplayed(SrtpProfile profile)
    {
        using SrtpContext sender = SrtpPackets.Context(profile);
        using SrtpContext receiver = SrtpPackets.Context(profile);
        byte[][] packets = [.. Enumerable.Range(0, ReplayWindow.Length + 1).Select(i => sender.SealRtp(SrtpPackets.Rtp(Ssrc, (ushort)(65500 + i))))];
        receiver.OpenRtp(packets[0], out _).ShouldBe(DropReason.None);
        receiver.OpenRtp(packets[^1], out _).ShouldBe(DropReason.None);
        receiver.OpenRtp(packets[0], out _).ShouldBe(DropReason.Replayed);
        receiver.OpenRtp(packets[1], out _).ShouldBe(DropReason.None);
        receiver.OpenRtp(packets[1], out _).ShouldBe(DropReason.Replayed);
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void TryProtectRtp_OneIndexTwice_IsRefused(SrtpProfile profile)
    {
        using SrtpContext sender = SrtpPackets.Context(profile);
        sender.SealRtp(SrtpPackets.Rtp(Ssrc, 5));
        byte[] buffer = [.. SrtpPackets.Rtp(Ssrc, 5), .. new byte[SrtpContext.MaxOverhead]];
        sender.TryProtectRtp(buffer, 72, out int length).ShouldBeFalse();
        length.ShouldBe(0);
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void TryProtectRtp_NoRoomForTheTag_IsRefused(SrtpProfile profile)
    {
        using SrtpContext sender = SrtpPackets.Context(profile);
        byte[] rtp = [.. SrtpPackets.Rtp(Ssrc, 5), .. new byte[sender.RtpOverhead - 1]];
        byte[] rtcp = [.. SrtpPackets.Rtcp(Ssrc), .. new byte[sender.RtcpOverhead - 1]];
        sender.TryProtectRtp(rtp, 72, out _).ShouldBeFalse();
        sender.TryProtectRtcp(rtcp, 28, out _).ShouldBeFalse();
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void Dispose_ThenUsed_RefusesEverything(SrtpProfile profile)
    {
        SrtpContext context = SrtpPackets.Context(profile);
        byte[] packet = context.SealRtp(SrtpPackets.Rtp(Ssrc, 5));
        context.Dispose();
        context.Dispose();
        context.TryProtectRtp(new byte[100], 20, out _).ShouldBeFalse();
        context.TryProtectRtcp(new byte[100], 20, out _).ShouldBeFalse();
        context.OpenRtp(packet, out _).ShouldBe(DropReason.NoKeys);
        context.OpenRtcp(packet, out _).ShouldBe(DropReason.NoKeys);
    }

    [Fact]
    public void Constructor_WrongLengths_Throws()
    {
        Should.Throw<ArgumentException>(() => new SrtpContext(SrtpProfile.AeadAes128Gcm, new byte[15], new byte[12]));
        Should.Throw<ArgumentException>(() => new SrtpContext(SrtpProfile.AeadAes128Gcm, new byte[16], new byte[14]));
        Should.Throw<ArgumentException>(() => new SrtpContext((SrtpProfile)2, new byte[16], new byte[14]));
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void EveryPacket_InSteadyState_AllocatesNothing(SrtpProfile profile)
    {
        using SrtpContext sender = SrtpPackets.Context(profile);
        using SrtpContext receiver = SrtpPackets.Context(profile);
        byte[] rtp = [.. SrtpPackets.Rtp(Ssrc, 0, 100), .. new byte[SrtpContext.MaxOverhead]];
        byte[] rtcp = [.. SrtpPackets.Rtcp(Ssrc), .. new byte[SrtpContext.MaxOverhead]];

        bool Run(int from, int count)
        {
            bool good = true;
            for (int i = from; i < from + count; i++)
            {
                rtp[2] = (byte)(i >> 8);
                rtp[3] = (byte)i;
                good &= sender.TryProtectRtp(rtp, 112, out int length);
                good &= receiver.UnprotectRtp(rtp.AsSpan(0, length), out _) == DropReason.None;
                good &= receiver.UnprotectRtp(rtp.AsSpan(0, length), out _) == DropReason.Replayed;
                good &= sender.TryProtectRtcp(rtcp, 28, out length);
                good &= receiver.UnprotectRtcp(rtcp.AsSpan(0, length), out _) == DropReason.None;
            }

            return good;
        }

        Run(0, 100).ShouldBeTrue();
        long before = GC.GetAllocatedBytesForCurrentThread();
        bool good = Run(100, 1000);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        good.ShouldBeTrue();
        allocated.ShouldBe(0);
    }

    private static byte[] Mutate(Random random, byte[] packet)
    {
        byte[] mutated = random.Next(4) == 0 ? packet[..random.Next(packet.Length)] : [.. packet];
        for (int i = random.Next(1, 5); i > 0 && mutated.Length > 0; i--)
            mutated[random.Next(mutated.Length)] ^= (byte)random.Next(1, 256);
        return mutated.AsSpan().SequenceEqual(packet) ? packet[..^1] : mutated;
    }
}
