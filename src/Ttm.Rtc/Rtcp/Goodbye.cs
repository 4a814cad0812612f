using System.Buffers.Binary;

namespace Ttm.Rtc.Rtcp;

/// <summary>BYE, as a view (RFC 3550 section 6.6): sources that leave. The reason, if any, is not read.</summary>
public readonly ref struct Goodbye
{
    private readonly ReadOnlySpan<byte> _sources;

    private Goodbye(ReadOnlySpan<byte> sources)
    {
        _sources = sources;
    }

    public int Count => _sources.Length / 4;

    public uint this[int index] => BinaryPrimitives.ReadUInt32BigEndian(_sources.Slice(index * 4, 4));

    public static bool TryParse(in RtcpPacket packet, out Goodbye goodbye)
    {
        goodbye = default;
        if (packet.Type != RtcpPacketType.Goodbye || packet.Body.Length < packet.Count * 4)
            return false;

        goodbye = new Goodbye(packet.Body[..(packet.Count * 4)]);
        return true;
    }

    public bool Contains(uint ssrc)
    {
        for (int i = 0; i < Count; i++)
        {
            if (this[i] == ssrc)
                return true;
        }

        return false;
    }

    /// <summary>Writes a whole packet for one source; 0 where it does not fit.</summary>
    public static int Write(Span<byte> destination, uint ssrc)
    {
        const int length = RtcpPacket.HeaderLength + 4;
        if (destination.Length < length)
            return 0;

        RtcpPacket.WriteHeader(destination, 1, RtcpPacketType.Goodbye, length);
        BinaryPrimitives.WriteUInt32BigEndian(destination[4..], ssrc);
        return length;
    }
}
