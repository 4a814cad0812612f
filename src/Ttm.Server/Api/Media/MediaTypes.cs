namespace Ttm.Server.Api.Media;

internal static class MediaTypes
{
    public const string Sdp = "application/sdp";

    /// <summary>RFC 8840 section 9.</summary>
    public const string Fragment = "application/trickle-ice-sdpfrag";
}
