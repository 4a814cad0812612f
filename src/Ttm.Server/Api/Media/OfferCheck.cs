using Ttm.Rtc.Sdp;

namespace Ttm.Server.Api.Media;

/// <summary>Looks at an offer before a lesson is made for it.</summary>
internal static class OfferCheck
{
    /// <summary>What keeps this from being SDP at all, or null.</summary>
    public static Problem? Flaw(string offer) => SdpOffer.TryParse(offer, out _, out var error) ? null : Problem.BadRequest(error!.Detail);
}
