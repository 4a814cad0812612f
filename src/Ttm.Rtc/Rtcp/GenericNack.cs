using System.Buffers.Binary;
using System.Numerics;

namespace Ttm.Rtc.Rtcp;

/// <summary>
/// Generic NACK, as a view (RFC 4585 section 6.2.1; PT 205, FMT 1). Walked with <c>foreach</c> it gives the lost sequence numbers.
/// <code>
/// |                  SSRC of packet sender                        |
/// |                  SSRC of media source                         |
/// |            PID                |             BLP               |  one or more
/// </code>
/// </summary>
public readonly ref struct GenericNack
{
    private const int Format = 1;

    private readonly ReadOnlySpan<byte> _entries;

    private GenericNack(uint senderSsrc, uint mediaSsrc, ReadOnlySpan<byte> entries)
    {
        SenderSsrc = senderSsrc;
        MediaSsrc = mediaSsrc;
        _entries = entries;
    }

    public uint SenderSsrc { get; }

    /// <summary>Whose packets were lost.</summary>
    public uint MediaSsrc { get; }

    public static bool TryParse(in RtcpPacket packet, out GenericNack nack)
    {
        nack = default;
        var body = packet.Body;
        if (packet.Type != RtcpPacketType.TransportFeedback || packet.Count != Format || body.Length < 12)
            return false;

        nack = new GenericNack(BinaryPrimitives.ReadUInt32BigEndian(body), BinaryPrimitives.ReadUInt32BigEndian(body[4..]), body[8..]);
        return true;
    }

    /// <summary>Writes a whole packet; 0 where nothing was lost or it does not fit.</summary>
    /// <param name="lost">Sequence numbers in ascending order (they may wrap).</param>
    public static int Write(Span<byte> destination, uint senderSsrc, uint mediaSsrc, ReadOnlySpan<ushort> lost)
    {
        int length = RtcpPacket.HeaderLength + 8;
        if (lost.IsEmpty)
            return 0;

        for (int i = 0; i < lost.Length; length += 4)
        {
            ushort first = lost[i++];
            int mask = 0;
            for (; i < lost.Length && (ushort)(lost[i] - first) is >= 1 and <= 16; i++)
                mask |= 1 << ((ushort)(lost[i] - first) - 1);

            if (destination.Length < length + 4)
                return 0;
            BinaryPrimitives.WriteUInt16BigEndian(destination[length..], first);
            BinaryPrimitives.WriteUInt16BigEndian(destination[(length + 2)..], (ushort)mask);
        }

        RtcpPacket.WriteHeader(destination, Format, RtcpPacketType.TransportFeedback, length);
        BinaryPrimitives.WriteUInt32BigEndian(destination[4..], senderSsrc);
        BinaryPrimitives.WriteUInt32BigEndian(destination[8..], mediaSsrc);
        return length;
    }

    public Enumerator GetEnumerator() => new(_entries);

    public ref struct Enumerator
    {
        private ReadOnlySpan<byte> _rest;
        private ushort _first;
        private uint _mask;

        internal Enumerator(ReadOnlySpan<byte> entries)
        {
            _rest = entries;
            _first = 0;
            _mask = 0;
            Current = 0;
        }

        public ushort Current { get; private set; }

        public bool MoveNext()
        {
            if (_mask != 0)
            {
                Current = (ushort)(_first + 1 + BitOperations.TrailingZeroCount(_mask));
                _mask &= _mask - 1;
                return true;
            }

            if (_rest.Length < 4)
                return false;

            Current = _first = BinaryPrimitives.ReadUInt16BigEndian(_rest);
            _mask = BinaryPrimitives.ReadUInt16BigEndian(_rest[2..]);
            _rest = _rest[4..];
            return true;
        }
    }
}
