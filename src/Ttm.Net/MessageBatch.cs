using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Ttm.Rtc;

namespace Ttm.Net;

/// <summary>The arrays that recvmmsg and sendmmsg take: headers, vectors, addresses and buffers, in one native block, wired once.</summary>
internal sealed unsafe class MessageBatch : IDisposable
{
    private const int AddressStride = 32;
    private const ushort FamilyIPv4 = 2;
    private const ushort FamilyIPv6 = 10;
    private const int IPv4Length = 16;
    private const int IPv6Length = 28;

    private readonly byte* _block;
    private readonly byte* _addresses;
    private readonly byte* _buffers;
    private readonly IoVector* _vectors;

    public MessageBatch()
    {
        const int Count = DatagramLimits.BatchSize;
        int headers = Count * sizeof(MessageHeader);
        int vectors = Count * sizeof(IoVector);
        _block = (byte*)NativeMemory.AlignedAlloc((nuint)(headers + vectors + (Count * (AddressStride + DatagramLimits.BufferLength))), 64);
        NativeMemory.Clear(_block, (nuint)(headers + vectors + (Count * AddressStride)));
        Headers = (MessageHeader*)_block;
        _vectors = (IoVector*)(_block + headers);
        _addresses = _block + headers + vectors;
        _buffers = _addresses + (Count * AddressStride);
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

    /// <summary>The kernel writes the name lengths; they are inputs again for the next call.</summary>
    public void PrepareReceive()
    {
        for (int index = 0; index < DatagramLimits.BatchSize; index++)
            Headers[index].NameLength = AddressStride;
    }

    /// <summary>Empty for a datagram that was longer than its buffer.</summary>
    public Span<byte> GetReceived(int index)
    {
        bool truncated = (Headers[index].Flags & LinuxSyscalls.MsgTrunc) != 0;
        return GetBuffer(index)[..(truncated ? 0 : (int)Headers[index].TransferredLength)];
    }

    public Span<byte> GetBuffer(int index) => new(_buffers + (index * DatagramLimits.BufferLength), DatagramLimits.BufferLength);

    public TransportAddress ReadAddress(int index, bool isIPv6)
    {
        var bytes = new ReadOnlySpan<byte>(_addresses + (index * AddressStride), IPv6Length);
        ushort port = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        return isIPv6
            ? TransportAddress.FromIPv6(bytes.Slice(8, 16), port)
            : TransportAddress.FromIPv4(BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]), port);
    }

    public void SetMessage(int index, int length, in TransportAddress to, bool isIPv6)
    {
        var bytes = new Span<byte>(_addresses + (index * AddressStride), IPv6Length);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, isIPv6 ? FamilyIPv6 : FamilyIPv4);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[2..], to.Port);
        if (isIPv6)
            to.WriteIPv6(bytes[8..]);
        else
            BinaryPrimitives.WriteUInt32BigEndian(bytes[4..], to.IPv4);
        Headers[index].NameLength = (uint)(isIPv6 ? IPv6Length : IPv4Length);
        _vectors[index].Length = (nuint)length;
    }

    public void Dispose() => NativeMemory.AlignedFree(_block);
}
