namespace Ttm.Testing.Networking;

/// <summary>What a datagram meets on its way. Probabilities are from 0 to 1, drawn from the network's seed.</summary>
public sealed record LinkConditions
{
    /// <summary>A millisecond each way and nothing bad.</summary>
    public static readonly LinkConditions Good = new();

    /// <summary>Nothing arrives.</summary>
    public static readonly LinkConditions Cut = new() { Loss = 1 };

    public double Loss { get; init; }

    /// <summary>The share of datagrams that arrive a second time, each copy with its own delay.</summary>
    public double Duplication { get; init; }

    /// <summary>The share of datagrams that are held back by <see cref="ReorderDelay"/>, so that later ones overtake them.</summary>
    public double Reordering { get; init; }

    public TimeSpan ReorderDelay { get; init; } = TimeSpan.FromMilliseconds(30);

    public TimeSpan Delay { get; init; } = TimeSpan.FromMilliseconds(1);

    /// <summary>Added to <see cref="Delay"/>, evenly from zero to this. More than the spacing of datagrams reorders them too.</summary>
    public TimeSpan Jitter { get; init; }

    /// <summary>Longer datagrams are lost.</summary>
    public int MaxDatagram { get; init; } = 65_507;
}
