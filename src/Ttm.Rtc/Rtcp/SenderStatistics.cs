using Ttm.Rtc.Rtp;

namespace Ttm.Rtc.Rtcp;

/// <summary>
/// What a sender counts for its SRs (RFC 3550 section 6.4.1), and where its RTP clock stands. A mutable value: keep it in a field, pass
/// it by reference.
/// </summary>
public struct SenderStatistics
{
    private uint _timestamp;
    private Instant _sentAt;

    /// <summary>False until the first packet: there is nothing to report before.</summary>
    public readonly bool HasSent => PacketCount != 0;

    public ulong PacketCount { get; private set; }

    /// <summary>Payload bytes, without headers and padding.</summary>
    public ulong OctetCount { get; private set; }

    /// <summary>Counts a packet as sent.</summary>
    /// <param name="timestamp">Its RTP timestamp; a late packet does not turn the clock back.</param>
    /// <param name="payloadLength">In bytes, before SRTP.</param>
    public void Send(uint timestamp, int payloadLength, Instant now)
    {
        if (!HasSent || SerialNumber.IsNewer(timestamp, _timestamp))
        {
            _timestamp = timestamp;
            _sentAt = now;
        }

        PacketCount++;
        OctetCount += (ulong)payloadLength;
    }

    /// <summary>The sender info for now: the newest packet's timestamp advanced by the time since it went (48 kHz).</summary>
    /// <param name="ntp">Wall time, the same moment as <paramref name="now"/>.</param>
    public readonly bool TryGetInfo(Instant now, NtpTime ntp, out SenderInfo info)
    {
        info = default;
        if (!HasSent)
            return false;

        uint timestamp = _timestamp + (uint)RtpClock.ToSamples(now - _sentAt);
        info = new SenderInfo(ntp, timestamp, (uint)PacketCount, (uint)OctetCount);
        return true;
    }
}
