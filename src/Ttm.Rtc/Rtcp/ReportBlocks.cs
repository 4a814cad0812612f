namespace Ttm.Rtc.Rtcp;

/// <summary>The report blocks of an SR or RR, walked with <c>foreach</c> or by index.</summary>
public readonly ref struct ReportBlocks
{
    private readonly ReadOnlySpan<byte> _bytes;

    /// <param name="bytes">A multiple of 24 bytes.</param>
    internal ReportBlocks(ReadOnlySpan<byte> bytes)
    {
        _bytes = bytes;
    }

    public int Count => _bytes.Length / ReportBlock.Length;

    public ReportBlock this[int index] =>
        ReportBlock.TryParse(_bytes.Slice(index * ReportBlock.Length, ReportBlock.Length), out var block) ? block : default;

    public Enumerator GetEnumerator() => new(this);

    public ref struct Enumerator
    {
        private readonly ReportBlocks _blocks;
        private int _index;

        internal Enumerator(ReportBlocks blocks)
        {
            _blocks = blocks;
            _index = -1;
        }

        public readonly ReportBlock Current => _blocks[_index];

        public bool MoveNext() => ++_index < _blocks.Count;
    }
}
