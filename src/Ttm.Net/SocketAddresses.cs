using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Ttm.Rtc;

namespace Ttm.Net;

/// <summary>Between the kernel's sockaddr and <see cref="TransportAddress"/>. IPv4: port at 2, address at 4; IPv6: port at 2, address at 8.</summary>
internal static class SocketAddresses
{
    public const int IPv6Length = 28;

    public static TransportAddress Read(SocketAddress address)
    {
        var bytes = address.Buffer.Span;
        ushort port = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        return address.Family == AddressFamily.InterNetwork
            ? TransportAddress.FromIPv4(BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]), port)
            : TransportAddress.FromIPv6(bytes.Slice(8, 16), port);
    }

    /// <summary>Writes the address in the family that <paramref name="destination"/> was made for.</summary>
    public static void Write(in TransportAddress address, SocketAddress destination)
    {
        var bytes = destination.Buffer.Span;
        BinaryPrimitives.WriteUInt16BigEndian(bytes[2..], address.Port);
        if (destination.Family == AddressFamily.InterNetwork)
            BinaryPrimitives.WriteUInt32BigEndian(bytes[4..], address.IPv4);
        else
            address.WriteIPv6(bytes[8..]);
    }
}
