namespace Ttm.Rtc.Ice;

/// <summary>A short queue of datagrams in buffers that are made once: whoever drains the agent after each call needs one place.</summary>
/// <param name="capacity">In datagrams.</param>
/// <param name="datagramLimit">The longest one, in bytes.</param>
internal sealed class IceDatagramQueue(int capacity, int datagramLimit)
{
    private readonly byte[] _buffer = new byte[capacity * datagramLimit];
    private readonly (TransportAddress To, int Length)[] _entries = new (TransportAddress To, int Length)[capacity];
    private int _first;
    private int _count;

    /// <summary>Where the next datagram is written; follow with <see cref="Commit"/>. False where the queue is full.</summary>
    public bool TryReserve(out Span<byte> buffer)
    {
        buffer = _count < _entries.Length ? Slot(_first + _count) : default;
        return !buffer.IsEmpty;
    }

    public void Commit(int length, in TransportAddress to)
    {
        _entries[(_first + _count) % _entries.Length] = (to, length);
        _count++;
    }

    public bool TryTake(Span<byte> buffer, out int length, out TransportAddress to)
    {
        (to, length) = (default, 0);
        while (_count > 0)
        {
            (to, length) = _entries[_first];
            var slot = Slot(_first);
            _first = (_first + 1) % _entries.Length;
            _count--;
            if (slot[..length].TryCopyTo(buffer))
                return true;
        }

        return false;
    }

    private Span<byte> Slot(int index) => _buffer.AsSpan(index % _entries.Length * datagramLimit, datagramLimit);
}
