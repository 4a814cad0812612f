namespace Ttm.Rtc.Rtp;

/// <summary>
/// A place in a publication's stream: the bridge between the wall and the RTP clock. The same value closes one sink and opens the
/// next, so that stretches tile the lesson with no sample twice and none missing.
/// </summary>
/// <param name="At">When, on the loop's clock.</param>
/// <param name="Ssrc">The SSRC then live; 0 where the publisher had sent nothing yet.</param>
/// <param name="RtpTimestamp">
/// The RTP timestamp (48 kHz) of the first sample after this place: in running speech the end of the newest packet, in a pause the
/// newest packet's timestamp advanced by the time since it came.
/// </param>
/// <param name="HasStream">False where no packet has come yet: <paramref name="Ssrc"/> and <paramref name="RtpTimestamp"/> mean nothing.</param>
public readonly record struct StreamPosition(Instant At, uint Ssrc, uint RtpTimestamp, bool HasStream);
