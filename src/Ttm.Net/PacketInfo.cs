using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Ttm.Rtc;

namespace Ttm.Net;

/// <summary>
/// The control message with the local address of a datagram: <c>IP_PKTINFO</c> (ip(7)) of an IPv4 socket, <c>IPV6_PKTINFO</c> (RFC 3542 section 6)
/// of a dual-stack one, where IPv4 addresses are mapped. Linux on 64 bits:
/// <code>
/// cmsg_len (8) | cmsg_level (4) | cmsg_type (4) | in_pktinfo: ifindex (4), spec_dst (4), addr (4)
///                                               | in6_pktinfo: addr (16), ifindex (4)
/// </code>
/// </summary>
internal static class PacketInfo
{
    /// <summary>CMSG_SPACE of the longer one.</summary>
    public const int ControlLength = HeaderLength + 24;

    private const int HeaderLength = 16;
    private const int IPv4Length = 12;
    private const int IPv6Length = 20;
    private const int LevelIP = 0;
    private const int LevelIPv6 = 41;
    private const int TypePacketInfo = 8;
    private const int TypePacketInfoIPv6 = 50;
    private const int OptionReceivePacketInfoIPv6 = 49;

    /// <summary>Asks the kernel for them. False where it does not know how.</summary>
    public static unsafe bool TryEnable(int fd, bool isIPv6)
    {
        int on = 1;
        return isIPv6
            ? LinuxSyscalls.SetSocketOption(fd, LevelIPv6, OptionReceivePacketInfoIPv6, &on, sizeof(int)) == 0
            : LinuxSyscalls.SetSocketOption(fd, LevelIP, TypePacketInfo, &on, sizeof(int)) == 0;
    }

    /// <summary>Finds it among the control messages, behind the <see cref="ArrivalTime"/>.</summary>
    public static bool TryRead(ReadOnlySpan<byte> control, out LocalAddress local)
    {
        local = default;
        if (control.Length > ControlLength)
            control = control[ArrivalTime.ControlLength..];
        if (control.Length < HeaderLength + IPv4Length)
            return false;
        int level = MemoryMarshal.Read<int>(control[8..]);
        int type = MemoryMarshal.Read<int>(control[12..]);
        var data = control[HeaderLength..];
        if (level == LevelIP && type == TypePacketInfo)
        {
            // spec_dst rather than addr: for a broadcast it is an address of ours.
            local = new LocalAddress(TransportAddress.FromIPv4(BinaryPrimitives.ReadUInt32BigEndian(data[4..]), 0), 0);
            return true;
        }

        if (level != LevelIPv6 || type != TypePacketInfoIPv6 || data.Length < IPv6Length)
            return false;

        // A link-local address means nothing without its interface; with any other the route may choose.
        var address = TransportAddress.FromIPv6(data[..16], 0);
        bool isLinkLocal = data[0] == 0xFE && (data[1] & 0xC0) == 0x80;
        local = new LocalAddress(address, isLinkLocal ? MemoryMarshal.Read<int>(data[16..]) : 0);
        return true;
    }

    /// <summary>Writes the message that sends from <paramref name="local"/>. Returns its length.</summary>
    public static int Write(Span<byte> control, in LocalAddress local, bool isIPv6)
    {
        int length = isIPv6 ? IPv6Length : IPv4Length;
        long whole = HeaderLength + length;
        int level = isIPv6 ? LevelIPv6 : LevelIP;
        int type = isIPv6 ? TypePacketInfoIPv6 : TypePacketInfo;
        int networkInterface = local.Interface;
        MemoryMarshal.Write(control, in whole);
        MemoryMarshal.Write(control[8..], in level);
        MemoryMarshal.Write(control[12..], in type);
        var data = control[HeaderLength..];
        if (isIPv6)
        {
            local.Address.WriteIPv6(data);
            MemoryMarshal.Write(data[16..], in networkInterface);
            return HeaderLength + 24;
        }

        MemoryMarshal.Write(data, in networkInterface);
        BinaryPrimitives.WriteUInt32BigEndian(data[4..], local.Address.IPv4);
        BinaryPrimitives.WriteUInt32BigEndian(data[8..], 0);
        return HeaderLength + 16;
    }
}

/// <summary>One of this machine's addresses, to which a datagram came.</summary>
/// <param name="Address">Its port means nothing.</param>
/// <param name="Interface">The interface's index, for link-local addresses; else 0.</param>
internal readonly record struct LocalAddress(TransportAddress Address, int Interface);
