using System.Buffers.Binary;
using System.Runtime.Versioning;
using Ttm.Rtc;

namespace Ttm.Net.SideSockets;

/// <summary>By system calls: an empty socket costs no exception.</summary>
[SupportedOSPlatform("linux")]
internal sealed unsafe class LinuxSideSocket : SideSocket
{
    private const ushort FamilyIPv4 = 2;
    private const ushort FamilyIPv6 = 10;
    private const int IPv4Length = 16;
    private readonly int _fd;

    public LinuxSideSocket(bool isIPv4, ushort port)
        : base(isIPv4, port) => _fd = (int)Socket.Handle;

    internal int Descriptor => _fd;

    internal override bool TryReceive(Span<byte> buffer, out int length, out TransportAddress from)
    {
        Span<byte> address = stackalloc byte[SocketAddresses.IPv6Length];
        uint addressLength = (uint)address.Length;
        fixed (byte* data = buffer, name = address)
            length = (int)LinuxSyscalls.ReceiveFrom(_fd, data, (nuint)buffer.Length, LinuxSyscalls.MsgDontWait, name, &addressLength);
        from = default;
        if (length < 0)
            return false;

        ushort port = BinaryPrimitives.ReadUInt16BigEndian(address[2..]);
        from = BinaryPrimitives.ReadUInt16LittleEndian(address) == FamilyIPv4
            ? TransportAddress.FromIPv4(BinaryPrimitives.ReadUInt32BigEndian(address[4..]), port)
            : TransportAddress.FromIPv6(address.Slice(8, 16), port);
        return true;
    }

    private protected override bool SendCore(ReadOnlySpan<byte> datagram, in TransportAddress to)
    {
        Span<byte> address = stackalloc byte[SocketAddresses.IPv6Length];
        address.Clear();
        BinaryPrimitives.WriteUInt16LittleEndian(address, to.IsIPv4 ? FamilyIPv4 : FamilyIPv6);
        BinaryPrimitives.WriteUInt16BigEndian(address[2..], to.Port);
        if (to.IsIPv4)
            BinaryPrimitives.WriteUInt32BigEndian(address[4..], to.IPv4);
        else
            to.WriteIPv6(address[8..]);
        uint addressLength = (uint)(to.IsIPv4 ? IPv4Length : address.Length);
        fixed (byte* data = datagram, name = address)
            return LinuxSyscalls.SendTo(_fd, data, (nuint)datagram.Length, LinuxSyscalls.MsgDontWait, name, addressLength) >= 0;
    }
}
