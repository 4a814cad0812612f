namespace Ttm.Rtc.Srtp;

/// <summary>
/// Which of the last 128 packet indices have been (RFC 3711 section 3.3.2): 2.5 s of audio at 20 ms a packet. Bit <c>n</c> stands for
/// <see cref="Highest"/> − n.
/// </summary>
internal struct ReplayWindow
{
    internal const int Length = 128;

    private UInt128 _seen;

    /// <summary>The highest index accepted; 0 before the first.</summary>
    internal ulong Highest { get; private set; }

    /// <summary>False until an index has been accepted.</summary>
    internal readonly bool HasStarted => _seen != UInt128.Zero;

    /// <summary>False for an index that has been, or is older than the window.</summary>
    internal readonly bool IsFresh(ulong index)
    {
        if (!HasStarted || index > Highest)
            return true;

        ulong age = Highest - index;
        return age < Length && ((_seen >> (int)age) & UInt128.One) == UInt128.Zero;
    }

    /// <summary>Marks a fresh index. Only for a packet whose tag was right.</summary>
    internal void Accept(ulong index)
    {
        if (!HasStarted || index > Highest)
        {
            ulong step = index - Highest;
            _seen = HasStarted && step < Length ? (_seen << (int)step) | UInt128.One : UInt128.One;
            Highest = index;
        }
        else
        {
            _seen |= UInt128.One << (int)(Highest - index);
        }
    }
}
