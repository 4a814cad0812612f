using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Ttm.Net;
using Ttm.Rtc;

namespace Ttm.Load.Clients;

/// <summary>
/// A client's socket on Linux: one system call a datagram and two small buffers, for there are thousands. Never waits: <see cref="EpollReadiness"/>
/// tells when there is something.
/// </summary>
internal sealed unsafe class PolledSocket : IDatagramSocket
{
    private const int AddressLength = 28;
    private const int IPv4AddressLength = 16;
    private const ushort FamilyIPv4 = 2;
    private const ushort FamilyIPv6 = 10;

    private readonly Socket _socket;
    private readonly bool _isIPv6;
    private readonly byte* _received = (byte*)NativeMemory.Alloc(DatagramLimits.BufferLength);
    private readonly byte* _sending = (byte*)NativeMemory.Alloc(DatagramLimits.BufferLength);
    private int _length;
    private TransportAddress _from;
    private int _refused;

    /// <param name="address">Null for all addresses of both families.</param>
    public PolledSocket(IPAddress? address)
    {
        _isIPv6 = address is null ? Socket.OSSupportsIPv6 : address.AddressFamily == AddressFamily.InterNetworkV6;
        _socket = new Socket(_isIPv6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        if (_isIPv6)
            _socket.DualMode = true;
        _socket.Bind(new IPEndPoint(address ?? (_isIPv6 ? IPAddress.IPv6Any : IPAddress.Any), 0));
        Fd = (int)_socket.Handle;
        Port = (ushort)((IPEndPoint)_socket.LocalEndPoint!).Port;
    }

    public int Fd { get; }

    public ushort Port { get; }

    public int ReceiveBufferBytes => _socket.ReceiveBufferSize;

    public int Receive(TimeSpan timeout)
    {
        byte* address = stackalloc byte[AddressLength];
        int addressLength = AddressLength;
        _length = (int)LinuxPolling.ReceiveFrom(Fd, _received, DatagramLimits.BufferLength, LinuxPolling.DontWait, address, &addressLength);
        if (_length < 0)
            return 0;
        var bytes = new ReadOnlySpan<byte>(address, AddressLength);
        ushort port = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        _from = _isIPv6
            ? TransportAddress.FromIPv6(bytes.Slice(8, 16), port)
            : TransportAddress.FromIPv4(BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]), port);
        return 1;
    }

    public void Pause(TimeSpan time)
    {
    }

    public Span<byte> GetReceived(int index, out TransportAddress from)
    {
        from = _from;
        return new Span<byte>(_received, _length);
    }

    public Span<byte> GetSendBuffer() => new(_sending, DatagramLimits.BufferLength);

    public void Send(int length, in TransportAddress to)
    {
        byte* address = stackalloc byte[AddressLength];
        var bytes = new Span<byte>(address, AddressLength);
        bytes.Clear();
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, _isIPv6 ? FamilyIPv6 : FamilyIPv4);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[2..], to.Port);
        if (_isIPv6)
            to.WriteIPv6(bytes[8..]);
        else
            BinaryPrimitives.WriteUInt32BigEndian(bytes[4..], to.IPv4);
        if (LinuxPolling.SendTo(Fd, _sending, (nuint)length, LinuxPolling.DontWait, address, _isIPv6 ? AddressLength : IPv4AddressLength) < 0)
            _refused++;
    }

    public int Flush()
    {
        int refused = _refused;
        _refused = 0;
        return refused;
    }

    public void Wake()
    {
    }

    public void Dispose()
    {
        _socket.Dispose();
        NativeMemory.Free(_received);
        NativeMemory.Free(_sending);
    }
}
