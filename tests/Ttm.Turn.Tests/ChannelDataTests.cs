namespace Ttm.Turn.Tests;

public sealed class ChannelDataTests
{
    [Fact]
    public void TryParse_WhatWriteWrote_IsTheSame()
    {
        byte[] buffer = new byte[64];
        for (int length = 0; length <= 60; length++)
        {
            byte[] sent = [.. Enumerable.Range(1, length).Select(i => (byte)i)];
            ChannelData.Write(buffer, 0x4ABC, sent).ShouldBe(4 + length);
            int padded = (length + 3) & ~3;
            for (int end = 0; end <= buffer.Length; end++)
            {
                bool good = ChannelData.TryParse(buffer.AsSpan(0, end), out ushort number, out var payload);
                good.ShouldBe(end >= 4 + length && end <= 4 + padded);
                if (!good)
                    continue;
                number.ShouldBe((ushort)0x4ABC);
                payload.ToArray().ShouldBe(sent);
            }
        }
    }

    [Fact]
    public void Write_WithoutRoom_IsZero() => ChannelData.Write(new byte[7], 0x4000, new byte[4]).ShouldBe(0);

    [Theory]
    [InlineData(0x3F, 0xFF)]
    [InlineData(0x80, 0x00)]
    public void TryParse_ANumberOutsideTheRange_IsFalse(byte first, byte second) =>
        ChannelData.TryParse(new byte[] { first, second, 0, 0 }, out _, out _).ShouldBeFalse();
}
