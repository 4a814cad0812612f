namespace Ttm.Recorder.Journal;

/// <summary>
/// Bytes on their way from one thread to one other, without a lock: the producer alone moves the head, the consumer alone the tail.
/// </summary>
internal sealed class ByteRing(int capacity)
{
    private readonly byte[] _bytes = new byte[capacity];
    private long _head;
    private long _tail;

    public int Capacity => _bytes.Length;

    /// <summary>Producer: takes both spans whole, or, where there is no room, nothing.</summary>
    public bool TryWrite(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        long head = _head;
        if (first.Length + second.Length > _bytes.Length - (head - Volatile.Read(ref _tail)))
            return false;
        Copy(first, head);
        Copy(second, head + first.Length);
        Volatile.Write(ref _head, head + first.Length + second.Length);
        return true;
    }

    /// <summary>Consumer: what is there now, in at most two pieces; it stays until <see cref="Release"/>.</summary>
    public int Peek(out ReadOnlyMemory<byte> first, out ReadOnlyMemory<byte> second)
    {
        int start = (int)(_tail % _bytes.Length);
        int count = (int)(Volatile.Read(ref _head) - _tail);
        int untilEnd = Math.Min(count, _bytes.Length - start);
        first = _bytes.AsMemory(start, untilEnd);
        second = _bytes.AsMemory(0, count - untilEnd);
        return count;
    }

    /// <summary>Consumer: makes room.</summary>
    public void Release(int count) => Volatile.Write(ref _tail, _tail + count);

    /// <summary>Makes a ring that nobody uses any more as good as new.</summary>
    public void Clear()
    {
        _head = 0;
        Volatile.Write(ref _tail, 0);
    }

    private void Copy(ReadOnlySpan<byte> source, long position)
    {
        int start = (int)(position % _bytes.Length);
        int untilEnd = Math.Min(source.Length, _bytes.Length - start);
        source[..untilEnd].CopyTo(_bytes.AsSpan(start));
        source[untilEnd..].CopyTo(_bytes);
    }
}
