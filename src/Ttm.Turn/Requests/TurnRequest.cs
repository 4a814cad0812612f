using Ttm.Rtc;
using Ttm.Rtc.Stun;

namespace Ttm.Turn.Requests;

/// <summary>
/// A request that is being answered. Until it is authenticated <see cref="Key"/> is empty, and the answer has no integrity.
/// </summary>
internal readonly ref struct TurnRequest
{
    public required StunMessage Message { get; init; }

    public required TransportAddress Client { get; init; }

    public required Instant Now { get; init; }

    /// <summary>From USERNAME, or found by USERHASH; UTF-8.</summary>
    public ReadOnlySpan<byte> Username { get; init; }

    /// <summary>The long-term key, 16 or 32 bytes.</summary>
    public ReadOnlySpan<byte> Key { get; init; }

    /// <summary>The answer is protected as the request is (RFC 8489 section 9.2.4).</summary>
    public bool UsesSha256 { get; init; }

    /// <summary>REST credentials whose time is over: good for what they have, not for a new allocation.</summary>
    public bool IsExpired { get; init; }
}
