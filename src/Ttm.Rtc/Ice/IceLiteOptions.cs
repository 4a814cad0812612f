namespace Ttm.Rtc.Ice;

/// <summary>The patience and the memory of an <see cref="IceLiteAgent"/>.</summary>
public sealed record IceLiteOptions
{
    public static readonly IceLiteOptions Default = new();

    /// <summary>How long the first nominated check, or that of a restart, may take.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long consent lasts after a check on the selected pair (RFC 7675 section 5.1).</summary>
    public TimeSpan ConsentTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long after a restart the old addresses are still heard, for what is on its way; nothing goes to them.</summary>
    public TimeSpan PreviousPathGrace { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// How many paths, pairs of a remote and one of our addresses, are remembered; at least 2. A laptop with four addresses checks eight of ours.
    /// </summary>
    public int MaxRemotes { get; init; } = 32;
}
