using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Ttm.Rtc;

namespace Ttm.Net;

/// <summary>
/// The arrays that recvmmsg and sendmmsg take: headers, vectors, addresses, control messages and buffers, in one native block, wired once.
/// </summary>
internal sealed unsafe class MessageBatch : IDisposable
{
    private const int AddressStride = 32;
    private const int ControlStride = ArrivalTime.ControlLength + PacketInfo.ControlLength;
    private const ushort FamilyIPv4 = 2;
    private const ushort FamilyIPv6 = 10;
    private const int IPv4Length = 16;
    private const int IPv6Length = 28;

    private readonly byte* _block;
    private readonly byte* _addresses;
    private readonly byte* _controls;
    private readonly byte* _buffers;
    private readonly IoVector* _vectors;
    private readonly bool _isIPv6;
    private readonly LocalAddressTable? _locals;

    /// <param name="isIPv6">The socket's family.</param>
    /// <param name="locals">Null where the socket does not tell of local addresses.</param>
    public MessageBatch(bool isIPv6, LocalAddressTable? locals)
    {
        const int Count = DatagramLimits.BatchSize;
        _isIPv6 = isIPv6;
        _locals = locals;
        int headers = Count * sizeof(MessageHeader);
        int vectors = Count * sizeof(IoVector);
        int small = headers + vectors + (Count * (AddressStride + ControlStride));
        _block = (byte*)NativeMemory.AlignedAlloc((nuint)(small + (Count * DatagramLimits.BufferLength)), 64);
        NativeMemory.Clear(_block, (nuint)small);
        Headers = (MessageHeader*)_block;
        _vectors = (IoVector*)(_block + headers);
        _addresses = _block + headers + vectors;
        _controls = _addresses + (Count * AddressStride);
        _buffers = _controls + (Count * ControlStride);
        for (int index = 0; index < Count; index++)
        {
            _vectors[index] = new IoVector { Base = _buffers + (index * DatagramLimits.BufferLength), Length = DatagramLimits.BufferLength };
            Headers[index].Name = _addresses + (index * AddressStride);
            Headers[index].NameLength = AddressStride;
            Headers[index].Vectors = &_vectors[index];
            Headers[index].VectorCount = 1;
        }
    }

    public MessageHeader* Headers { get; }

    /// <summary>The kernel writes the lengths of the first <paramref name="used"/>; they are inputs again for the next call.</summary>
    public void PrepareReceive(int used)
    {
        for (int index = 0; index < used; index++)
        {
            Headers[index].NameLength = AddressStride;
            Headers[index].Control = _controls + (index * ControlStride);
            Headers[index].ControlLength = ControlStride;
        }
    }

    /// <summary>How long ago the first one came.</summary>
    public TimeSpan ReadAge() => ArrivalTime.ReadAge(ControlOf(0));

    /// <summary>Empty for a datagram that was longer than its buffer.</summary>
    public Span<byte> GetReceived(int index)
    {
        bool truncated = (Headers[index].Flags & LinuxSyscalls.MsgTrunc) != 0;
        return GetBuffer(index)[..(truncated ? 0 : (int)Headers[index].TransferredLength)];
    }

    public Span<byte> GetBuffer(int index) => new(_buffers + (index * DatagramLimits.BufferLength), DatagramLimits.BufferLength);

    /// <summary>Who sent it, and to which of our addresses.</summary>
    public TransportAddress ReadAddress(int index)
    {
        var bytes = new ReadOnlySpan<byte>(_addresses + (index * AddressStride), IPv6Length);
        ushort port = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        var from = _isIPv6
            ? TransportAddress.FromIPv6(bytes.Slice(8, 16), port)
            : TransportAddress.FromIPv4(BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]), port);
        return _locals is null ? from : from.Via(TransportKind.Udp, ReadLocal(index));
    }

    /// <summary>A datagram to send, from the local address of <paramref name="to"/>.</summary>
    public void SetMessage(int index, int length, in TransportAddress to)
    {
        var bytes = new Span<byte>(_addresses + (index * AddressStride), IPv6Length);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, _isIPv6 ? FamilyIPv6 : FamilyIPv4);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[2..], to.Port);
        if (_isIPv6)
            to.WriteIPv6(bytes[8..]);
        else
            BinaryPrimitives.WriteUInt32BigEndian(bytes[4..], to.IPv4);
        Headers[index].NameLength = (uint)(_isIPv6 ? IPv6Length : IPv4Length);
        _vectors[index].Length = (nuint)length;
        WriteLocal(index, to.Flow);
    }

    public void Dispose() => NativeMemory.AlignedFree(_block);

    private ReadOnlySpan<byte> ControlOf(int index) => new(Headers[index].Control, (int)Headers[index].ControlLength);

    private uint ReadLocal(int index) => PacketInfo.TryRead(ControlOf(index), out var local) ? _locals!.GetNumber(local) : 0;

    private void WriteLocal(int index, uint number)
    {
        ref var header = ref Headers[index];
        if (_locals is null || !_locals.TryGet(number, out var local))
        {
            header.Control = null;
            header.ControlLength = 0;
            return;
        }

        byte* control = _controls + (index * ControlStride);
        header.Control = control;
        header.ControlLength = (nuint)PacketInfo.Write(new Span<byte>(control, ControlStride), local, _isIPv6);
    }
}
