namespace Ttm.Rtc.Ice;

/// <summary>The remote addresses from which authenticated checks have come: as many as fit, the longest silent one gives way.</summary>
internal sealed class IceRemotes(int capacity)
{
    private readonly (TransportAddress Address, int Generation, Instant LastCheck)[] _entries =
        new (TransportAddress Address, int Generation, Instant LastCheck)[capacity];

    public int Count { get; private set; }

    public bool Contains(in TransportAddress address) => IndexOf(address) >= 0;

    /// <param name="generation">By whose credentials; of several the newest counts.</param>
    /// <param name="keep">Never gives way: the selected one.</param>
    public void Add(in TransportAddress address, int generation, Instant now, in TransportAddress keep)
    {
        int index = IndexOf(address);
        if (index >= 0)
            generation = Math.Max(generation, _entries[index].Generation);
        else
            index = Count < _entries.Length ? Count++ : Oldest(keep);
        _entries[index] = (address, generation, now);
    }

    /// <summary>Forgets the addresses that had no check of that generation or a newer one.</summary>
    public void KeepFrom(int generation)
    {
        int kept = 0;
        for (int i = 0; i < Count; i++)
        {
            if (_entries[i].Generation >= generation)
                _entries[kept++] = _entries[i];
        }

        Count = kept;
    }

    public void Clear() => Count = 0;

    private int IndexOf(in TransportAddress address)
    {
        for (int i = 0; i < Count; i++)
        {
            if (_entries[i].Address == address)
                return i;
        }

        return -1;
    }

    private int Oldest(in TransportAddress keep)
    {
        int oldest = -1;
        for (int i = 0; i < Count; i++)
        {
            if (_entries[i].Address != keep && (oldest < 0 || _entries[i].LastCheck < _entries[oldest].LastCheck))
                oldest = i;
        }

        return Math.Max(oldest, 0);
    }
}
