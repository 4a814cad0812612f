using System.Buffers.Binary;

namespace Ttm.Rtc.Dtls;

/// <summary>
/// Datagrams that wait to be sent, in one array: each behind its length in two bytes. Records are packed until a datagram is full.
/// Unencrypted records get their sequence numbers here, so that records sent again are new to the peer's replay check, as RFC 6347
/// section 4.2.4 wants; encrypted ones are bound to theirs.
/// </summary>
internal sealed class DatagramQueue
{
    private const int Prefix = 2;

    // Some flights: whoever never drains it loses what comes then.
    private const int Limit = 32 * 1024;

    private readonly int _maxDatagram;
    private byte[] _bytes = [];
    private int _start;
    private int _end;
    private ulong _nextSequenceNumber;

    internal DatagramQueue(int maxDatagram) => _maxDatagram = maxDatagram;

    /// <summary>Adds records, which lie one behind the other, as datagrams.</summary>
    internal void AddRecords(ReadOnlySpan<byte> records)
    {
        while (!records.IsEmpty)
        {
            ReadOnlySpan<byte> rest = records;
            int length = 0;
            while (DtlsRecord.TryRead(ref rest, out _) && (length == 0 || records.Length - rest.Length <= _maxDatagram))
                length = records.Length - rest.Length;
            if (length == 0)
                return;

            Add(records[..length]);
            records = records[length..];
        }
    }

    /// <summary>False where nothing waits or the next does not fit.</summary>
    internal bool TryTake(Span<byte> buffer, out int length)
    {
        length = 0;
        if (_start == _end)
            return false;

        int next = BinaryPrimitives.ReadUInt16LittleEndian(_bytes.AsSpan(_start));
        if (next > buffer.Length)
            return false;

        _bytes.AsSpan(_start + Prefix, next).CopyTo(buffer);
        _start += Prefix + next;
        length = next;
        if (_start == _end)
        {
            // Between flights nothing is held.
            _bytes = [];
            _start = _end = 0;
        }

        return true;
    }

    private void Add(ReadOnlySpan<byte> datagram)
    {
        int needed = _end + Prefix + datagram.Length;
        if (needed > Limit)
            return;
        if (needed > _bytes.Length)
            Array.Resize(ref _bytes, Math.Max(needed, _bytes.Length * 2));

        BinaryPrimitives.WriteUInt16LittleEndian(_bytes.AsSpan(_end), (ushort)datagram.Length);
        Span<byte> copy = _bytes.AsSpan(_end + Prefix, datagram.Length);
        datagram.CopyTo(copy);
        Number(copy);
        _end = needed;
    }

    private void Number(Span<byte> datagram)
    {
        ReadOnlySpan<byte> rest = datagram;
        for (int start = 0; DtlsRecord.TryRead(ref rest, out DtlsRecord record); start = datagram.Length - rest.Length)
        {
            if (record.Epoch == 0)
                BinaryPrimitives.WriteUInt64BigEndian(datagram[(start + DtlsRecord.EpochOffset)..], _nextSequenceNumber++);
        }
    }
}
