namespace Ttm.Rtc.Rtcp;

/// <summary>
/// A decrypted RTCP datagram: one or more packets, walked with <c>foreach</c>. Valid as RFC 3550 appendix A.2 has it (version 2
/// throughout, lengths that add up, padding in the last packet alone), but for the first packet's type: reduced-size RTCP (RFC 5506) may
/// begin with feedback. Packets of types unknown here are in the walk, to be skipped by whoever walks.
/// </summary>
public readonly ref struct RtcpCompound
{
    private readonly ReadOnlySpan<byte> _datagram;

    private RtcpCompound(ReadOnlySpan<byte> datagram)
    {
        _datagram = datagram;
    }

    public static bool TryParse(ReadOnlySpan<byte> datagram, out RtcpCompound compound)
    {
        compound = default;
        var rest = datagram;
        do
        {
            if (!RtcpPacket.TryParse(rest, out var packet))
                return false;

            rest = rest[packet.Whole.Length..];
            if (packet.HasPadding && !rest.IsEmpty)
                return false;
        }
        while (!rest.IsEmpty);

        compound = new RtcpCompound(datagram);
        return true;
    }

    public Enumerator GetEnumerator() => new(_datagram);

    /// <summary>Walks the packets in order.</summary>
    public ref struct Enumerator
    {
        private ReadOnlySpan<byte> _rest;

        internal Enumerator(ReadOnlySpan<byte> datagram)
        {
            _rest = datagram;
            Current = default;
        }

        public RtcpPacket Current { get; private set; }

        public bool MoveNext()
        {
            if (!RtcpPacket.TryParse(_rest, out var packet))
                return false;

            Current = packet;
            _rest = _rest[packet.Whole.Length..];
            return true;
        }
    }
}
