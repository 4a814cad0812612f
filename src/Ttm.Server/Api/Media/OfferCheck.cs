namespace Ttm.Server.Api.Media;

/// <summary>Looks at an offer before a lesson is made for it.</summary>
internal static class OfferCheck
{
    /// <summary>What keeps this from being SDP at all (RFC 8866 section 5: it begins with <c>v=0</c>), or null.</summary>
    public static Problem? Flaw(string offer) =>
        offer.StartsWith("v=0", StringComparison.Ordinal) ? null : Problem.BadRequest("The body is not SDP: an offer begins with v=0.");
}
