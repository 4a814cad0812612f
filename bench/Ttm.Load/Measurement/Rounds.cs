namespace Ttm.Load.Measurement;

/// <summary>
/// Which round of measurement a packet belongs to: the one in which it was sent, so that none is counted in one round as sent and in the next as
/// heard. Owned by the media loop.
/// </summary>
internal sealed class Rounds
{
    private Tally _before = new();

    public int Number { get; private set; }

    public Tally Current { get; private set; } = new();

    /// <summary>Null for packets of rounds that are over for long.</summary>
    public Tally? Of(int round) => round == Number ? Current : round == Number - 1 ? _before : null;

    /// <summary>Begins a round. Returns the one before, to which packets on the way are still added.</summary>
    public Tally Next()
    {
        _before = Current;
        Current = new Tally();
        Number++;
        return _before;
    }
}
