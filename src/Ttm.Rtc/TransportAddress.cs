using System.Buffers.Binary;
using System.Net;

namespace Ttm.Rtc;

/// <summary>By which way datagrams of a peer come and go.</summary>
public enum TransportKind : byte
{
    /// <summary>The media port, UDP.</summary>
    Udp = 0,

    /// <summary>ICE-TCP (RFC 6544): <see cref="TransportAddress.Flow"/> names the connection.</summary>
    Tcp = 1,

    /// <summary>A TURN allocation of this very process: <see cref="TransportAddress.Flow"/> names the allocation.</summary>
    Relay = 2,
}

/// <summary>
/// Where a datagram came from or goes to: an IP address, a port, and the way. A 24-byte value that hashes and compares without
/// allocation, so that it can be a dictionary key on the hot path. IPv4 is kept in its IPv4-mapped form (RFC 4291 section 2.5.5.2).
/// </summary>
public readonly record struct TransportAddress
{
    /// <summary>The <see cref="Flow"/> of a UDP path to a port of ours beside the media port: no socket gives an address of its own that number.</summary>
    public const uint OtherPort = uint.MaxValue;

    private const ulong MappedPrefix = 0x0000_FFFF_0000_0000;

    private TransportAddress(ulong high, ulong low, ushort port, TransportKind kind, uint flow)
    {
        High = high;
        Low = low;
        Port = port;
        Kind = kind;
        Flow = flow;
    }

    /// <summary>The first eight bytes of the IPv6 form, big-endian.</summary>
    public ulong High { get; }

    /// <summary>The last eight bytes of the IPv6 form, big-endian.</summary>
    public ulong Low { get; }

    public ushort Port { get; }

    public TransportKind Kind { get; }

    /// <summary>
    /// Which connection or allocation, where <see cref="Kind"/> is not UDP. With UDP the number of our own address at the other end of the path,
    /// which the socket gives; 0 for whichever the route chooses, <see cref="OtherPort"/> for a port beside the media port.
    /// </summary>
    public uint Flow { get; }

    public bool IsIPv4 => High == 0 && (Low & 0xFFFF_FFFF_0000_0000) == MappedPrefix;

    /// <summary>The IPv4 address as a big-endian number; only where <see cref="IsIPv4"/>.</summary>
    public uint IPv4 => (uint)Low;

    public static TransportAddress FromIPv4(uint address, ushort port) => new(0, MappedPrefix | address, port, TransportKind.Udp, 0);

    /// <param name="address">16 bytes, network order; an IPv4-mapped one becomes IPv4.</param>
    /// <param name="port">Host order.</param>
    public static TransportAddress FromIPv6(ReadOnlySpan<byte> address, ushort port) =>
        new(BinaryPrimitives.ReadUInt64BigEndian(address), BinaryPrimitives.ReadUInt64BigEndian(address[8..]), port, TransportKind.Udp, 0);

    public static TransportAddress From(IPAddress address, int port)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out int length);
        return length == 4
            ? FromIPv4(BinaryPrimitives.ReadUInt32BigEndian(bytes), (ushort)port)
            : FromIPv6(bytes, (ushort)port);
    }

    public static TransportAddress From(IPEndPoint endPoint) => From(endPoint.Address, endPoint.Port);

    /// <summary>The same address reached by another way.</summary>
    public TransportAddress Via(TransportKind kind, uint flow) => new(High, Low, Port, kind, flow);

    /// <summary>Writes the 16 bytes of the IPv6 form.</summary>
    public void WriteIPv6(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination, High);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], Low);
    }

    /// <summary>For logs and the control plane; allocates.</summary>
    public IPEndPoint ToIPEndPoint()
    {
        Span<byte> bytes = stackalloc byte[16];
        WriteIPv6(bytes);
        return new IPEndPoint(new IPAddress(IsIPv4 ? bytes[12..] : bytes), Port);
    }

    public override int GetHashCode() => HashCode.Combine(High, Low, ((ulong)Flow << 32) | ((uint)Kind << 16) | Port);

    public override string ToString() => Kind == TransportKind.Udp ? $"{ToIPEndPoint()}" : $"{Kind}#{Flow}/{ToIPEndPoint()}";
}
