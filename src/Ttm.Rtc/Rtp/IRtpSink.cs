namespace Ttm.Rtc.Rtp;

/// <summary>
/// Whoever wants the packets of a publication: a listener's subscription, a recording. All calls come from the media loop's thread,
/// in order: one <see cref="Open"/>, any number of <see cref="Write"/>, one <see cref="Close"/>. None may block, allocate in steady
/// state or throw; what cannot be kept is dropped and counted by the sink.
/// </summary>
public interface IRtpSink
{
    /// <summary>The sink hears from <paramref name="start"/> on.</summary>
    void Open(in StreamPosition start);

    /// <param name="packet">A decrypted packet; its memory is the loop's, valid during the call only.</param>
    /// <param name="now">When it came.</param>
    void Write(in RtpPacket packet, Instant now);

    /// <summary>
    /// The sink hears no more. <paramref name="end"/> is, to the sample, the start of the sink that follows at the same switch.
    /// </summary>
    void Close(in StreamPosition end);
}
