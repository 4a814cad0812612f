using Ttm.Rtc.Rtp;

namespace Ttm.Recorder.Transcoding;

/// <summary>
/// Gives each packet its place in the recording. The RTP timestamp is the clock, anchored where the sink was opened; arrival times decide only
/// where that clock breaks (a new SSRC, a jump, a sender whose clock stood still) and, slowly, where it drifts. All positions and times are in
/// samples of the recording.
/// </summary>
internal sealed class Timeline(int sampleRate)
{
    private const int RtpClock = 48_000;

    // RFC 3550 appendix A.1, MAX_DROPOUT: farther than this is a restarted sender.
    private const int MaxDropout = 3000;

    private readonly int _ratio = RtpClock / sampleRate;
    private readonly long _ahead = sampleRate / 2;
    private readonly long _behind = 3L * sampleRate;
    private readonly long _probation = sampleRate / 2;
    private readonly long _pause = sampleRate / 10;
    private readonly long _sameClock = sampleRate * 60L / 1000;
    private readonly DriftMeter _drift = new(sampleRate);
    private Epoch? _previous;
    private int _epochs;
    private int _sequenceSpaces;

    public Epoch? Current { get; private set; }

    public void Open(in StreamPosition start)
    {
        if (!start.HasStream)
            return;
        Current = new Epoch(_epochs++, _sequenceSpaces, start.Ssrc, _ratio);
        Current.Settle(start.RtpTimestamp, 0);
    }

    /// <summary>Finds the packet's epoch and unwraps its numbers.</summary>
    /// <param name="duration">In samples.</param>
    public Epoch Place(uint ssrc, ushort sequence, uint timestamp, long arrival, long duration, out long longSequence, out long longTimestamp)
    {
        if (Straggler(ssrc, sequence, arrival) is { } old)
        {
            longSequence = old.UnwrapSequence(sequence);
            longTimestamp = old.UnwrapTimestamp(timestamp);
            return old;
        }

        Epoch? epoch = Current;
        if (epoch is null || epoch.Ssrc != ssrc)
        {
            longSequence = sequence;
            longTimestamp = timestamp;
            return Begin(ssrc, ++_sequenceSpaces, longSequence, longTimestamp, arrival, duration);
        }

        longTimestamp = epoch.UnwrapTimestamp(timestamp);
        longSequence = epoch.HasPackets ? epoch.UnwrapSequence(sequence) : sequence;
        if (epoch.HasPackets && Math.Abs(longSequence - epoch.HighestSequence) > MaxDropout)
            return Begin(ssrc, ++_sequenceSpaces, longSequence, longTimestamp, arrival, duration);
        if (epoch.HasPackets && longSequence <= epoch.HighestSequence)
            return epoch;
        if (IsBreak(epoch, longTimestamp, arrival, duration))
            return Begin(ssrc, epoch.SequenceSpace, longSequence, longTimestamp, arrival, duration);

        epoch.Extend(longSequence, longTimestamp, arrival, duration);
        if (epoch.IsSettled && _drift.Measure(arrival, arrival - (epoch.PlannedPositionOf(longTimestamp) + duration)) is long change and not 0)
            epoch.Plan(change, longSequence);
        return epoch;
    }

    /// <summary>Decides where a new epoch belongs, once enough of it has come.</summary>
    /// <param name="horizon">Every packet that came before is placed.</param>
    public void Settle(long horizon)
    {
        if (Current is { IsSettled: false } epoch && horizon >= epoch.FirstArrival + _probation)
            Settle(epoch);
    }

    private void Settle(Epoch epoch)
    {
        long position = epoch.EarliestPosition;
        if (_previous is { } previous)
        {
            // A burst after a stall looks like a stopped clock until it has drained: then the old relation still holds.
            long unbroken = previous.PositionOf(epoch.AnchorTimestamp);
            bool sameClock = previous.SequenceSpace == epoch.SequenceSpace && Math.Abs(position - unbroken) <= _sameClock;
            position = sameClock ? unbroken : Math.Max(position, previous.End);
            if (sameClock)
                epoch.TakePendingOf(previous);
        }

        epoch.Settle(epoch.AnchorTimestamp, Math.Max(position, _previous is null ? 0 : long.MinValue));
        _drift.Restart();
    }

    private Epoch Begin(uint ssrc, int sequenceSpace, long sequence, long timestamp, long arrival, long duration)
    {
        if (Current is { IsSettled: false } unsettled)
            Settle(unsettled);
        _previous = Current ?? _previous;
        Current = new Epoch(_epochs++, sequenceSpace, ssrc, _ratio);
        Current.Extend(sequence, timestamp, arrival, duration);
        return Current;
    }

    /// <summary>A packet of the epoch before, overtaken by the break.</summary>
    private Epoch? Straggler(uint ssrc, ushort sequence, long arrival)
    {
        if (_previous is not { HasPackets: true } previous || previous.Ssrc != ssrc || Current is not { } current || arrival - previous.LastArrival > _behind)
            return null;
        if (current.Ssrc != ssrc)
            return previous;
        return current.SequenceSpace == previous.SequenceSpace && current.UnwrapSequence(sequence) < current.FirstSequence ? previous : null;
    }

    private bool IsBreak(Epoch epoch, long timestamp, long arrival, long duration)
    {
        if (!epoch.IsSettled)
            return Math.Abs(((timestamp - epoch.HighestTimestamp) / _ratio) - (arrival - epoch.LastArrival)) > _behind;

        long late = arrival - (epoch.PlannedPositionOf(timestamp) + duration);
        bool stoodStill = epoch.HasPackets && arrival - epoch.LastArrival > _pause && late > _drift.Recent + _pause;
        return late < -_ahead || late > _behind || stoodStill;
    }
}
