namespace Ttm.Rtc.Rtp;

/// <summary>
/// Turns 32-bit RTP timestamps, which wrap after 24.8 hours of 48 kHz and from a random start, into numbers that never wrap. Each is
/// taken for the one nearest to the one before.
/// </summary>
public struct TimestampExtender
{
    private bool _started;

    /// <summary>The newest so far.</summary>
    public long Highest { get; private set; }

    public long Extend(uint timestamp)
    {
        if (!_started)
        {
            _started = true;
            return Highest = timestamp;
        }

        long extended = Highest + SerialNumber.Distance((uint)Highest, timestamp);
        Highest = Math.Max(Highest, extended);
        return extended;
    }
}
