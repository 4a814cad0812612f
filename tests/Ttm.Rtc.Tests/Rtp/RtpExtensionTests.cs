using System.Text;
using Ttm.Rtc.Rtp;
using Ttm.Testing;

namespace Ttm.Rtc.Tests.Rtp;

public sealed class RtpExtensionTests
{
    [Fact]
    public void MoveNext_OneByteForm_GivesTheElementsOfRfc8285()
    {
        // The drawing of RFC 8285 section 4.2: L=0, then L=1, two bytes of padding, then L=3.
        byte[] block = [0x10, 0xAA, 0x21, 0xBB, 0xBC, 0, 0, 0x33, 1, 2, 3, 4];
        Read(RtpExtensionReader.OneByteProfile, block).ShouldBe(["1:AA", "2:BBBC", "3:01020304"]);
    }

    [Fact]
    public void MoveNext_TwoByteForm_GivesTheElementsOfRfc8285()
    {
        // The drawing of RFC 8285 section 4.3: length 0, length 1, padding, length 4.
        byte[] block = [1, 0, 2, 1, 0xBB, 0, 3, 4, 1, 2, 3, 4];
        Read(RtpExtensionReader.TwoByteProfile, block).ShouldBe(["1:", "2:BB", "3:01020304"]);
        Read(0x100F, block).Count.ShouldBe(3);
    }

    [Theory]
    [InlineData(new byte[] { 0x10, 0xAA, 0xF0, 1, 0x20, 2 })]
    [InlineData(new byte[] { 0x10, 0xAA, 0x02, 1, 0x20, 2 })]
    [InlineData(new byte[] { 0x10, 0xAA, 0x2F, 1, 2, 3 })]
    public void MoveNext_OneByteForm_StopsAtReservedIdsAndAtWhatDoesNotFit(byte[] block) =>
        Read(RtpExtensionReader.OneByteProfile, block).ShouldBe(["1:AA"]);

    [Fact]
    public void MoveNext_UnknownProfile_HasNoElements() => Read(0x1234, [0x10, 0xAA, 0, 0]).ShouldBeEmpty();

    [Fact]
    public void MoveNext_EveryTruncation_GivesAPrefixOfTheElements()
    {
        byte[] one = [0x10, 0xAA, 0x21, 0xBB, 0xBC, 0, 0, 0x33, 1, 2, 3, 4];
        byte[] two = [1, 0, 2, 1, 0xBB, 0, 3, 4, 1, 2, 3, 4];
        foreach (byte[] cut in Mutations.Truncations(one))
            Read(RtpExtensionReader.OneByteProfile, one).ShouldBeginWith(Read(RtpExtensionReader.OneByteProfile, cut));
        foreach (byte[] cut in Mutations.Truncations(two))
            Read(RtpExtensionReader.TwoByteProfile, two).ShouldBeginWith(Read(RtpExtensionReader.TwoByteProfile, cut));
    }

    [Fact]
    public void Write_MidAndAudioLevel_AreReadBack()
    {
        byte[] packet = new byte[100];
        var writer = new RtpExtensionWriter(packet, RtpPacket.WriteHeader(packet, false, 111, 1, 2, 3));
        Span<byte> level = stackalloc byte[1];
        new AudioLevel(42, true).Write(level);
        writer.TryAdd(4, "audio"u8).ShouldBeTrue();
        writer.TryAdd(1, level).ShouldBeTrue();
        int headerLength = writer.Complete();

        var parsed = RtpPackets.Parse(packet[..(headerLength + 5)]);
        parsed.HeaderLength.ShouldBe(headerLength);
        parsed.Payload.Length.ShouldBe(5);
        AudioLevel.TryGet(in parsed, 1, out var read).ShouldBeTrue();
        read.ShouldBe(new AudioLevel(42, true));
        parsed.TryGetExtension(4, out var mid).ShouldBeTrue();
        Encoding.UTF8.GetString(mid).ShouldBe("audio");
        parsed.TryGetExtension(9, out _).ShouldBeFalse();
        parsed.TryGetExtension(0, out _).ShouldBeFalse();
    }

    [Fact]
    public void TryAdd_WhatTheFormCannotHold_IsRefused()
    {
        byte[] packet = new byte[40];
        var writer = new RtpExtensionWriter(packet, 12);
        writer.TryAdd(0, [1]).ShouldBeFalse();
        writer.TryAdd(15, [1]).ShouldBeFalse();
        writer.TryAdd(1, []).ShouldBeFalse();
        writer.TryAdd(1, new byte[17]).ShouldBeFalse();
        writer.TryAdd(1, new byte[16]).ShouldBeTrue();
        writer.TryAdd(2, new byte[8]).ShouldBeFalse();
        writer.Complete().ShouldBe(12 + 4 + 20);
    }

    [Fact]
    public void Complete_WithoutElements_LeavesTheHeaderAlone()
    {
        byte[] packet = new byte[40];
        int headerLength = RtpPacket.WriteHeader(packet, false, 111, 1, 2, 3);
        new RtpExtensionWriter(packet, headerLength).Complete().ShouldBe(12);
        packet[0].ShouldBe((byte)0x80);
    }

    [Fact]
    public void TryParse_AudioLevel_FollowsRfc6464()
    {
        AudioLevel.TryParse([], out _).ShouldBeFalse();
        AudioLevel.TryParse([0x7F], out var silence).ShouldBeTrue();
        silence.ShouldBe(new AudioLevel(AudioLevel.Silence, false));
        AudioLevel.TryParse([0x80, 0x00], out var loudest).ShouldBeTrue();
        loudest.ShouldBe(new AudioLevel(0, true));
    }

    private static List<string> Read(ushort profile, byte[] block)
    {
        List<string> elements = [];
        foreach (var extension in new RtpExtensionReader(profile, block))
            elements.Add($"{extension.Id}:{Convert.ToHexString(extension.Data)}");
        return elements;
    }
}

internal static class Sequences
{
    /// <summary>The second begins the first.</summary>
    public static void ShouldBeginWith(this IEnumerable<string> whole, List<string> prefix) => whole.Take(prefix.Count).ShouldBe(prefix);
}
