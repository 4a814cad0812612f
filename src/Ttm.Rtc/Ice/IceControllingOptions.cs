namespace Ttm.Rtc.Ice;

/// <summary>The pace and the patience of an <see cref="IceControllingAgent"/>.</summary>
public sealed record IceControllingOptions
{
    public static readonly IceControllingOptions Default = new();

    /// <summary>Ta: between the first checks of two pairs (RFC 8445 section 14.2).</summary>
    public TimeSpan Pacing { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Before the first retransmission; doubles up to <see cref="MaxRto"/>.</summary>
    public TimeSpan InitialRto { get; init; } = TimeSpan.FromMilliseconds(100);

    public TimeSpan MaxRto { get; init; } = TimeSpan.FromMilliseconds(1600);

    /// <summary>How long the first pair, or that of a restart, may take.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Between two consent checks, ±20 % (RFC 7675 section 5.1).</summary>
    public TimeSpan ConsentInterval { get; init; } = TimeSpan.FromSeconds(5);

    public TimeSpan ConsentTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How many remote candidates are checked.</summary>
    public int MaxPairs { get; init; } = 16;
}
