using System.Buffers.Binary;

namespace Ttm.Recorder.Lame;

/// <summary>What the Info tag's frame says of a file of constant bit rate, with LAME's part of it.</summary>
/// <param name="Frames">Of sound.</param>
/// <param name="Bytes">Of this frame and those of sound.</param>
/// <param name="Delay">Samples that the encoder put before the first; the decoder's own 529 are not among them.</param>
/// <param name="Padding">Samples that it put behind the last.</param>
internal readonly record struct InfoTag(long Frames, long Bytes, int Delay, int Padding)
{
    private const int LameOffset = 120;
    private const int DelayOffset = LameOffset + 21;
    private const int MusicLengthOffset = LameOffset + 28;
    private const int MusicCrcOffset = LameOffset + 32;
    private const int TagCrcOffset = LameOffset + 34;
    private const int Length = LameOffset + 36;

    private static readonly ushort[] CrcTable = MakeCrcTable();

    public static bool TryRead(ReadOnlySpan<byte> frame, out InfoTag tag)
    {
        tag = default;
        int start = StartOf(frame);
        if (frame.Length < start + Length || !frame[start..].StartsWith("Info"u8))
            return false;
        ReadOnlySpan<byte> info = frame[start..];
        int gaps = (info[DelayOffset] << 16) | (info[DelayOffset + 1] << 8) | info[DelayOffset + 2];
        tag = new InfoTag(BinaryPrimitives.ReadUInt32BigEndian(info[8..]), BinaryPrimitives.ReadUInt32BigEndian(info[12..]), gaps >> 12, gaps & 0xFFF);
        return true;
    }

    /// <summary>Writes these values over those in a frame that LAME made, with the check sums that go with them.</summary>
    /// <param name="musicCrc">Of all frames of sound.</param>
    public void WriteTo(Span<byte> frame, ushort musicCrc)
    {
        int start = StartOf(frame);
        Span<byte> info = frame[start..];
        BinaryPrimitives.WriteUInt32BigEndian(info[8..], (uint)Frames);
        BinaryPrimitives.WriteUInt32BigEndian(info[12..], (uint)Math.Min(uint.MaxValue, Bytes));

        // The seek table: at constant bit rate a hundredth of the time is a hundredth of the bytes.
        for (int i = 0; i < 100; i++)
            info[16 + i] = (byte)(i * 256 / 100);
        int gaps = (Delay << 12) | Padding;
        info[DelayOffset] = (byte)(gaps >> 16);
        info[DelayOffset + 1] = (byte)(gaps >> 8);
        info[DelayOffset + 2] = (byte)gaps;
        BinaryPrimitives.WriteUInt32BigEndian(info[MusicLengthOffset..], (uint)Math.Min(uint.MaxValue, Bytes));
        BinaryPrimitives.WriteUInt16BigEndian(info[MusicCrcOffset..], musicCrc);
        BinaryPrimitives.WriteUInt16BigEndian(info[TagCrcOffset..], Crc(0, frame[..(start + TagCrcOffset)]));
    }

    /// <summary>LAME's CRC-16: polynomial 8005 hexadecimal, reflected, beginning with 0.</summary>
    public static ushort Crc(ushort crc, ReadOnlySpan<byte> bytes)
    {
        foreach (byte value in bytes)
            crc = (ushort)((crc >> 8) ^ CrcTable[(byte)(crc ^ value)]);
        return crc;
    }

    /// <summary>What the frame says of the frames of sound, by <see cref="Crc"/>; null where its own check sum does not hold.</summary>
    public static ushort? MusicCrcOf(ReadOnlySpan<byte> frame)
    {
        int start = StartOf(frame);
        ReadOnlySpan<byte> info = frame[start..];
        return BinaryPrimitives.ReadUInt16BigEndian(info[TagCrcOffset..]) == Crc(0, frame[..(start + TagCrcOffset)])
            ? BinaryPrimitives.ReadUInt16BigEndian(info[MusicCrcOffset..])
            : null;
    }

    private static ushort[] MakeCrcTable()
    {
        ushort[] table = new ushort[256];
        for (int value = 0; value < table.Length; value++)
        {
            int crc = value;
            for (int bit = 0; bit < 8; bit++)
                crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0xA001 : 0);
            table[value] = (ushort)crc;
        }

        return table;
    }

    // Behind the header and the side information, whose length the version and the number of channels make.
    private static int StartOf(ReadOnlySpan<byte> frame)
    {
        bool isMpeg1 = ((frame[1] >> 3) & 3) == 3;
        bool isMono = frame[3] >> 6 == 3;
        return 4 + (isMpeg1 ? (isMono ? 17 : 32) : (isMono ? 9 : 17));
    }
}
