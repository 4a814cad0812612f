using System.Buffers.Binary;

namespace Ttm.Net.Tcp;

/// <summary>What speaks on a new TCP connection.</summary>
public enum StreamKind : byte
{
    /// <summary>More bytes are needed.</summary>
    Undecided = 0,

    /// <summary>STUN messages and ChannelData, back to back (RFC 8656 section 3.1).</summary>
    Turn,

    /// <summary>ICE-TCP: frames of RFC 4571, the first of which is a STUN message (RFC 6544 section 10.1).</summary>
    IceTcp,

    /// <summary>A TLS ClientHello.</summary>
    Tls,

    /// <summary>A method of HTTP, HTTP/2's preface among them.</summary>
    Http,

    Unknown,
}

/// <summary>Tells protocols on one TCP port apart by the first bytes of the client.</summary>
public static class StreamClassifier
{
    /// <summary>So many bytes decide in every case.</summary>
    public const int BytesNeeded = 10;
    private const uint MagicCookie = 0x2112A442;
    private const byte TlsHandshake = 22;

    /// <summary>
    /// The magic cookie of STUN stands at 4 in a TURN stream, and at 6 behind the length of RFC 4571; the two bytes before it cannot be
    /// confused with a method of HTTP or a record of TLS, whose lengths would be far beyond a datagram's.
    /// </summary>
    public static StreamKind Classify(ReadOnlySpan<byte> first)
    {
        if (first.IsEmpty)
            return StreamKind.Undecided;
        if (first[0] is >= (byte)'A' and <= (byte)'Z')
            return StreamKind.Http;
        if (first[0] == TlsHandshake)
            return first.Length < 2 ? StreamKind.Undecided : first[1] == 3 ? StreamKind.Tls : StreamKind.Unknown;
        if (first[0] > DatagramLimits.BufferLength >> 8)
            return StreamKind.Unknown;

        if (first.Length >= 8 && first[0] <= 3 && BinaryPrimitives.ReadUInt32BigEndian(first[4..]) == MagicCookie)
            return StreamKind.Turn;
        if (first.Length < BytesNeeded)
            return StreamKind.Undecided;
        return first[2] <= 3 && BinaryPrimitives.ReadUInt32BigEndian(first[6..]) == MagicCookie ? StreamKind.IceTcp : StreamKind.Unknown;
    }
}
