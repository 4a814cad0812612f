namespace Ttm.Recorder.Transcoding;

/// <summary>
/// A stretch of packets that share one relation between RTP timestamps and the recording's samples. Positions and times are in samples of the
/// recording, from its start; timestamps and sequence numbers are unwrapped.
/// </summary>
internal sealed class Epoch(int index, int sequenceSpace, uint ssrc, int clockRatio)
{
    private long _anchorPosition;
    private long _lastDuration;

    /// <summary>Later epochs have higher ones.</summary>
    public int Index { get; } = index;

    /// <summary>Epochs of one space count packets with the same, unbroken sequence numbers.</summary>
    public int SequenceSpace { get; } = sequenceSpace;

    public uint Ssrc { get; } = ssrc;

    /// <summary>False while it is still being found out where the epoch belongs.</summary>
    public bool IsSettled { get; private set; }

    public bool HasPackets { get; private set; }

    public long FirstSequence { get; private set; }

    public long FirstArrival { get; private set; }

    public long HighestSequence { get; private set; }

    public long HighestTimestamp { get; private set; }

    public long LastArrival { get; private set; }

    /// <summary>The end of the newest packet. Only where settled.</summary>
    public long End { get; private set; }

    /// <summary>Samples by which what is still to come shall be later (or, negative, earlier), to keep up with the wall clock.</summary>
    public long Pending { get; private set; }

    /// <summary>The packet from which on that is so.</summary>
    public long PendingFrom { get; private set; }

    public void Settle(long timestamp, long position)
    {
        AnchorTimestamp = timestamp;
        _anchorPosition = position;
        IsSettled = true;
        if (!HasPackets)
            HighestTimestamp = timestamp;
        else
            End = PositionOf(HighestTimestamp) + _lastDuration;
    }

    public long PositionOf(long timestamp)
    {
        long difference = timestamp - AnchorTimestamp;
        return _anchorPosition + (difference >= 0 ? difference / clockRatio : -((-difference + clockRatio - 1) / clockRatio));
    }

    /// <summary>
    /// Where a packet will be once <see cref="Pending"/> is done: the same whether it is done by now or not, so that decisions do not hang on how
    /// far the samples are made.
    /// </summary>
    public long PlannedPositionOf(long timestamp) => PositionOf(timestamp) + Pending;

    public void Plan(long change, long fromSequence)
    {
        PendingFrom = Pending == 0 ? fromSequence : PendingFrom;
        Pending += change;
    }

    /// <summary>This epoch goes on where the other one ended; so does what is pending there.</summary>
    public void TakePendingOf(Epoch other)
    {
        (Pending, PendingFrom) = (other.Pending, other.PendingFrom);
        other.Pending = 0;
    }

    /// <summary>All that is not yet written moves.</summary>
    public void Shift(long samples)
    {
        _anchorPosition += samples;
        End += samples;
        Pending -= samples;
    }

    public long UnwrapSequence(ushort sequence) => HighestSequence + (short)(sequence - (ushort)HighestSequence);

    public long UnwrapTimestamp(uint timestamp) => HighestTimestamp + (int)(timestamp - (uint)HighestTimestamp);

    /// <summary>A packet newer than all before it.</summary>
    public void Extend(long sequence, long timestamp, long arrival, long duration)
    {
        if (!HasPackets)
        {
            HasPackets = true;
            FirstSequence = sequence;
            FirstArrival = arrival;
            if (!IsSettled)
                AnchorTimestamp = timestamp;
        }

        HighestSequence = sequence;
        HighestTimestamp = timestamp;
        LastArrival = arrival;
        _lastDuration = duration;
        if (IsSettled)
            End = PositionOf(timestamp) + duration;
        else
            EarliestPosition = Math.Min(EarliestPosition, arrival - duration - ((timestamp - AnchorTimestamp) / clockRatio));
    }

    /// <summary>
    /// Where the epoch's first packet belongs if the packet that waited least in the network had not waited at all; unsettled epochs only.
    /// </summary>
    public long EarliestPosition { get; private set; } = long.MaxValue;

    /// <summary>The timestamp whose position is decided by <see cref="Settle"/>: the first packet's.</summary>
    public long AnchorTimestamp { get; private set; }
}
