using System.Buffers;
using System.Buffers.Binary;

namespace Ttm.Net.Tcp;

/// <summary>How datagrams lie in a byte stream.</summary>
public enum StreamFraming : byte
{
    /// <summary>STUN messages by their own length; ChannelData padded to four bytes (RFC 8656 section 12.5).</summary>
    Turn = 0,

    /// <summary>Two bytes of length before each datagram (RFC 4571 section 2).</summary>
    Rfc4571,
}

/// <summary>What came of looking for a frame.</summary>
public enum FrameResult : byte
{
    /// <summary>The frame is not whole yet.</summary>
    Incomplete = 0,
    Taken,

    /// <summary>No frame, or one longer than a datagram may be: the stream cannot be followed further.</summary>
    Malformed,
}

/// <summary>Cuts a stream into datagrams, and makes a stream of datagrams.</summary>
public static class StreamFrames
{
    /// <summary>What framing adds to a datagram at most.</summary>
    public const int MaxOverhead = 3;
    private const int LengthPrefix = 2;
    private const int ChannelHeader = 4;
    private const int StunHeader = 20;
    private const uint MagicCookie = 0x2112A442;

    /// <summary>Copies the first datagram of <paramref name="input"/>, without length or padding, and cuts it off the input.</summary>
    /// <param name="datagram">At least <see cref="DatagramLimits.BufferLength"/> bytes.</param>
    public static FrameResult TryTake(StreamFraming framing, ref ReadOnlySequence<byte> input, Span<byte> datagram, out int length)
    {
        length = 0;
        while (true)
        {
            var result = framing == StreamFraming.Rfc4571
                ? MeasurePrefixed(input, out int start, out int end, out int next)
                : MeasureTurn(input, out start, out end, out next);
            if (result != FrameResult.Taken)
                return result;
            if (end - start > Math.Min(datagram.Length, DatagramLimits.BufferLength))
                return FrameResult.Malformed;
            if (input.Length < next)
                return FrameResult.Incomplete;

            length = end - start;
            input.Slice(start, length).CopyTo(datagram);
            input = input.Slice(next);

            // An empty frame of RFC 4571 says nothing.
            if (length > 0)
                return FrameResult.Taken;
        }
    }

    /// <summary>The mirror of <see cref="TryTake"/>: writes the frame of one datagram and returns its length.</summary>
    /// <param name="destination">The datagram's length and <see cref="MaxOverhead"/>.</param>
    public static int Write(StreamFraming framing, Span<byte> destination, ReadOnlySpan<byte> datagram)
    {
        if (framing == StreamFraming.Rfc4571)
        {
            BinaryPrimitives.WriteUInt16BigEndian(destination, (ushort)datagram.Length);
            datagram.CopyTo(destination[LengthPrefix..]);
            return LengthPrefix + datagram.Length;
        }

        // STUN messages are a multiple of four already.
        int padded = (datagram.Length + 3) & ~3;
        datagram.CopyTo(destination);
        destination[datagram.Length..padded].Clear();
        return padded;
    }

    private static FrameResult MeasurePrefixed(in ReadOnlySequence<byte> input, out int start, out int end, out int next)
    {
        start = LengthPrefix;
        end = next = 0;
        Span<byte> head = stackalloc byte[LengthPrefix];
        if (!TryPeek(input, head))
            return FrameResult.Incomplete;
        end = next = LengthPrefix + BinaryPrimitives.ReadUInt16BigEndian(head);
        return FrameResult.Taken;
    }

    private static FrameResult MeasureTurn(in ReadOnlySequence<byte> input, out int start, out int end, out int next)
    {
        start = end = next = 0;
        Span<byte> head = stackalloc byte[8];
        if (!TryPeek(input, head[..ChannelHeader]))
            return FrameResult.Incomplete;
        int length = BinaryPrimitives.ReadUInt16BigEndian(head[2..]);
        if (head[0] is >= 0x40 and <= 0x7F)
        {
            end = ChannelHeader + length;
            next = (end + 3) & ~3;
            return FrameResult.Taken;
        }

        if (head[0] > 3 || length % 4 != 0)
            return FrameResult.Malformed;
        if (!TryPeek(input, head))
            return FrameResult.Incomplete;
        end = next = StunHeader + length;
        return BinaryPrimitives.ReadUInt32BigEndian(head[4..]) == MagicCookie ? FrameResult.Taken : FrameResult.Malformed;
    }

    private static bool TryPeek(in ReadOnlySequence<byte> input, Span<byte> head)
    {
        if (input.Length < head.Length)
            return false;
        input.Slice(0, head.Length).CopyTo(head);
        return true;
    }
}
