namespace Ttm.Rtc.Dtls;

/// <summary>
/// The timer of RFC 6347 section 4.2.4 on our clock. OpenSSL asks it for the interval of each timer it starts and keeps the same one by the
/// wall clock; see docs/dtls.md for how the two go together.
/// </summary>
internal sealed class RetransmissionTimer
{
    /// <summary>RFC 6347 section 4.2.4.1 speaks of 1 s; the loss of one datagram shall not cost a second of silence.</summary>
    internal static readonly TimeSpan DefaultInitialInterval = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan MaxInterval = TimeSpan.FromSeconds(4);

    private bool _isPending;

    internal RetransmissionTimer(TimeSpan initialInterval)
    {
        InitialInterval = initialInterval;
        Interval = initialInterval;
    }

    internal TimeSpan InitialInterval { get; }

    internal TimeSpan Interval { get; private set; }

    internal Instant Deadline { get; private set; } = Instant.Never;

    /// <summary>OpenSSL starts its timer: the initial interval for a new flight, twice the last for one sent again.</summary>
    internal TimeSpan Next(bool isNewFlight)
    {
        Interval = isNewFlight ? InitialInterval : Double(Interval);
        _isPending = true;
        return Interval;
    }

    /// <summary>After a call of OpenSSL: where that started a timer, ours runs from now. True where it did.</summary>
    internal bool Follow(Instant now)
    {
        bool started = _isPending;
        _isPending = false;
        if (started)
            Deadline = now + Interval;
        return started;
    }

    /// <summary>The flight was sent again without OpenSSL.</summary>
    internal void BackOff(Instant now)
    {
        Interval = Double(Interval);
        Deadline = now + Interval;
    }

    private static TimeSpan Double(TimeSpan interval) => interval * 2 < MaxInterval ? interval * 2 : MaxInterval;
}
