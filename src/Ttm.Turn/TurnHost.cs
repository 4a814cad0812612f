using System.Net;

namespace Ttm.Turn;

/// <summary>Where the server stands: what no option can say, because the shell finds it out.</summary>
public sealed record TurnHost
{
    /// <summary>
    /// The addresses in the candidates of this server. Relayed addresses are made of the first of each family; without one of a family
    /// there are no allocations of it (440).
    /// </summary>
    public required IReadOnlyList<IPAddress> PublicAddresses { get; init; }

    /// <summary>All addresses of the machine, so that its other ports stay closed.</summary>
    public IReadOnlyList<IPAddress> OwnAddresses { get; init; } = [];

    /// <summary>The media port of this process, whose packets take the in-process relay; 0 where it serves no media.</summary>
    public ushort MediaPort { get; init; }

    /// <summary>The wall time of <c>new Instant(0)</c>: REST credentials expire by wall time.</summary>
    public required DateTimeOffset Epoch { get; init; }
}
