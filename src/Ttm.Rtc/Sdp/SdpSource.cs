namespace Ttm.Rtc.Sdp;

/// <summary>A stream that this end sends.</summary>
/// <param name="Cname">RFC 3550 section 6.5.1; a token.</param>
/// <param name="StreamId">The MediaStream's id in <c>a=msid</c> (RFC 8830); a token.</param>
/// <param name="TrackId">The track's id in <c>a=msid</c>; a token.</param>
public sealed record SdpSource(uint Ssrc, string Cname, string StreamId, string TrackId);
