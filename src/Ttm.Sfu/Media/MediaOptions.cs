using System.Net;

namespace Ttm.Sfu.Media;

/// <summary>The media port's settings; immutable.</summary>
public sealed record MediaOptions
{
    /// <summary>The one UDP port; 0 for any free one (tests).</summary>
    public ushort Port { get; init; } = 3478;

    /// <summary>Addresses put into candidates; empty for the machine's own.</summary>
    public IReadOnlyList<IPAddress> PublicAddresses { get; init; } = [];

    /// <summary>Asks teachers' browsers for Opus DTX (RFC 7587 section 6.1): nothing is sent in pauses.</summary>
    public bool UseDtx { get; init; }

    /// <summary>Connections at the same time; further ones are refused with 503.</summary>
    public int MaxSessions { get; init; } = 5000;

    /// <summary>Live lessons at the same time; further ones are refused with 503.</summary>
    public int MaxLessons { get; init; } = 2000;
}
