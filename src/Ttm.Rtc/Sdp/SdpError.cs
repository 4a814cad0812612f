namespace Ttm.Rtc.Sdp;

public enum SdpErrorKind
{
    /// <summary>Not SDP, or not within the limits (HTTP 400).</summary>
    Malformed,

    /// <summary>Well-formed, and nothing that can be served (HTTP 422).</summary>
    Unacceptable,
}

/// <param name="Detail">One sentence that a person can act on.</param>
public sealed record SdpError(SdpErrorKind Kind, string Detail)
{
    internal static SdpError Malformed(string detail) => new(SdpErrorKind.Malformed, detail);

    internal static SdpError Unacceptable(string detail) => new(SdpErrorKind.Unacceptable, detail);
}
