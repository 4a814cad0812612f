using Ttm.Rtc.Stun;

namespace Ttm.Turn.Requests;

/// <summary>The comprehension-required attributes that are understood; others are 420 (RFC 8489 section 6.3.1).</summary>
internal static class KnownAttributes
{
    public static ReadOnlySpan<StunAttribute> OfBinding =>
    [
        StunAttribute.MappedAddress, StunAttribute.Username, StunAttribute.MessageIntegrity, StunAttribute.ErrorCode,
        StunAttribute.UnknownAttributes, StunAttribute.Realm, StunAttribute.Nonce, StunAttribute.MessageIntegritySha256,
        StunAttribute.PasswordAlgorithm, StunAttribute.UserHash, StunAttribute.XorMappedAddress,
    ];

    public static ReadOnlySpan<StunAttribute> OfTurn =>
    [
        StunAttribute.MappedAddress, StunAttribute.Username, StunAttribute.MessageIntegrity, StunAttribute.ErrorCode,
        StunAttribute.UnknownAttributes, StunAttribute.Realm, StunAttribute.Nonce, StunAttribute.MessageIntegritySha256,
        StunAttribute.PasswordAlgorithm, StunAttribute.UserHash, StunAttribute.XorMappedAddress,
        StunAttribute.ChannelNumber, StunAttribute.Lifetime, StunAttribute.XorPeerAddress, StunAttribute.Data,
        StunAttribute.XorRelayedAddress, StunAttribute.RequestedAddressFamily, StunAttribute.EvenPort, StunAttribute.RequestedTransport,
        StunAttribute.DontFragment, StunAttribute.ReservationToken,
    ];
}
