using System.Collections.Concurrent;

namespace Ttm.Recorder.Journal;

/// <summary>Rings are too large to be made anew at each switch.</summary>
internal sealed class RingPool(int capacity)
{
    private const int MaxSpare = 256;

    private readonly ConcurrentBag<ByteRing> _spare = [];

    public ByteRing Take() => _spare.TryTake(out ByteRing? ring) ? ring : new ByteRing(capacity);

    /// <summary>Only when its sink is closed and it is empty.</summary>
    public void Return(ByteRing ring)
    {
        if (_spare.Count >= MaxSpare)
            return;
        ring.Clear();
        _spare.Add(ring);
    }
}
