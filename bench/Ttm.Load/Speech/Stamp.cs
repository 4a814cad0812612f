using System.Buffers.Binary;
using Ttm.Rtc;

namespace Ttm.Load.Speech;

/// <summary>
/// What a packet of speech says of itself, in the padding that Opus allows (RFC 6716 section 3.2.5) and decoders skip: so it goes through the
/// server unchanged, and the recording still sounds.
/// <code>
/// TOC, code 3 | 0x41: padded, one frame | 24: bytes of padding | the frame | magic, lesson, number, round | sent at
/// </code>
/// </summary>
/// <param name="Lesson">The lesson's index.</param>
/// <param name="Number">Counts the teacher's packets.</param>
/// <param name="Round">The measurement in which it was sent.</param>
internal readonly record struct Stamp(int Lesson, int Number, int Round, Instant SentAt)
{
    private const uint Magic = 0x5474_6D21;
    private const int HeaderLength = 3;
    private const int Length = 24;
    private const byte CodeMask = 3;
    private const byte PaddedSingleFrame = 0x41;

    /// <summary>Writes <paramref name="packet"/>, one frame of code 0, with the stamp. Returns the length.</summary>
    public int Write(ReadOnlySpan<byte> packet, Span<byte> destination)
    {
        destination[0] = (byte)(packet[0] | CodeMask);
        destination[1] = PaddedSingleFrame;
        destination[2] = Length;
        packet[1..].CopyTo(destination[HeaderLength..]);
        int end = HeaderLength + packet.Length - 1;
        var stamp = destination.Slice(end, Length);
        BinaryPrimitives.WriteUInt32BigEndian(stamp, Magic);
        BinaryPrimitives.WriteInt32BigEndian(stamp[4..], Lesson);
        BinaryPrimitives.WriteInt32BigEndian(stamp[8..], Number);
        BinaryPrimitives.WriteInt32BigEndian(stamp[12..], Round);
        BinaryPrimitives.WriteInt64BigEndian(stamp[16..], SentAt.Ticks);
        return end + Length;
    }

    /// <summary>False for a packet that is not the load's, such as the server's own silence.</summary>
    public static bool TryRead(ReadOnlySpan<byte> payload, out Stamp stamp)
    {
        stamp = default;
        if (payload.Length < HeaderLength + Length || payload[1] != PaddedSingleFrame)
            return false;
        var bytes = payload[^Length..];
        if (BinaryPrimitives.ReadUInt32BigEndian(bytes) != Magic)
            return false;
        stamp = new Stamp(
            BinaryPrimitives.ReadInt32BigEndian(bytes[4..]),
            BinaryPrimitives.ReadInt32BigEndian(bytes[8..]),
            BinaryPrimitives.ReadInt32BigEndian(bytes[12..]),
            new Instant(BinaryPrimitives.ReadInt64BigEndian(bytes[16..])));
        return true;
    }
}
