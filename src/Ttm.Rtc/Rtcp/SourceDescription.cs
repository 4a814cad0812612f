using System.Buffers.Binary;

namespace Ttm.Rtc.Rtcp;

/// <summary>
/// SDES, as a view (RFC 3550 section 6.5), read for its CNAMEs and written with one.
/// <code>
/// |                          SSRC/CSRC_1                          |  chunk
/// |    CNAME=1    |     length    | user and domain name        ...
/// |      0      | … to a multiple of four bytes                   |
/// </code>
/// </summary>
public readonly ref struct SourceDescription
{
    private const byte End = 0;
    private const byte Cname = 1;

    private readonly ReadOnlySpan<byte> _chunks;
    private readonly int _count;

    private SourceDescription(ReadOnlySpan<byte> chunks, int count)
    {
        _chunks = chunks;
        _count = count;
    }

    /// <summary>True where every chunk and item fits.</summary>
    public static bool TryParse(in RtcpPacket packet, out SourceDescription description)
    {
        description = default;
        if (packet.Type != RtcpPacketType.SourceDescription)
            return false;

        var rest = packet.Body;
        for (int i = 0; i < packet.Count; i++)
        {
            if (!TryReadChunk(ref rest, out _, out _))
                return false;
        }

        description = new SourceDescription(packet.Body, packet.Count);
        return true;
    }

    /// <summary>The source's canonical name: UTF-8, not terminated.</summary>
    public bool TryGetCname(uint ssrc, out ReadOnlySpan<byte> cname)
    {
        var rest = _chunks;
        for (int i = 0; i < _count && TryReadChunk(ref rest, out uint source, out cname); i++)
        {
            if (source == ssrc && !cname.IsEmpty)
                return true;
        }

        cname = default;
        return false;
    }

    /// <summary>Writes a whole packet of one chunk with a CNAME; 0 where it does not fit or the name is empty or over 255 bytes.</summary>
    public static int Write(Span<byte> destination, uint ssrc, ReadOnlySpan<byte> cname)
    {
        // SSRC, item header, name, and at least one zero to end the items.
        int length = (RtcpPacket.HeaderLength + 4 + 2 + cname.Length + 1 + 3) & ~3;
        if (cname.Length is 0 or > 255 || destination.Length < length)
            return 0;

        destination[..length].Clear();
        RtcpPacket.WriteHeader(destination, 1, RtcpPacketType.SourceDescription, length);
        BinaryPrimitives.WriteUInt32BigEndian(destination[4..], ssrc);
        destination[8] = Cname;
        destination[9] = (byte)cname.Length;
        cname.CopyTo(destination[10..]);
        return length;
    }

    private static bool TryReadChunk(scoped ref ReadOnlySpan<byte> rest, out uint ssrc, out ReadOnlySpan<byte> cname)
    {
        ssrc = 0;
        cname = default;
        if (rest.Length < 8)
            return false;

        ssrc = BinaryPrimitives.ReadUInt32BigEndian(rest);
        int at = 4;
        while (at < rest.Length && rest[at] != End)
        {
            if (rest.Length < at + 2 || rest.Length < at + 2 + rest[at + 1])
                return false;
            if (rest[at] == Cname && cname.IsEmpty)
                cname = rest.Slice(at + 2, rest[at + 1]);
            at += 2 + rest[at + 1];
        }

        // The end marker pads to the next multiple of four; the body's length is one.
        if (at >= rest.Length)
            return false;
        rest = rest[((at + 4) & ~3)..];
        return true;
    }
}
