namespace Ttm.Rtc.Sdp;

/// <summary>A parsed offer, of which nothing is judged yet; <see cref="SdpAnswerer"/> does that.</summary>
public sealed class SdpOffer
{
    private SdpOffer(SdpDocument document) => Document = document;

    internal SdpDocument Document { get; }

    /// <summary>False, with a <see cref="SdpErrorKind.Malformed"/> error, for what is not SDP or is beyond the limits.</summary>
    public static bool TryParse(string text, out SdpOffer? offer, out SdpError? error)
    {
        offer = SdpDocument.TryParse(text, out var document, out error) ? new SdpOffer(document!) : null;
        return offer is not null;
    }
}
