namespace Ttm.Rtc.Rtp;

/// <summary>
/// Turns 16-bit sequence numbers into numbers that never wrap (RFC 3711 section 3.3.1 has the same idea), taking each for the one
/// nearest to the highest seen. The first keeps its value; a packet that comes late may get a negative one.
/// </summary>
public struct SequenceExtender
{
    private bool _started;

    /// <summary>The highest so far.</summary>
    public long Highest { get; private set; }

    public long Extend(ushort sequenceNumber)
    {
        if (!_started)
        {
            _started = true;
            return Highest = sequenceNumber;
        }

        long extended = Peek(sequenceNumber);
        Highest = Math.Max(Highest, extended);
        return extended;
    }

    /// <summary>What <see cref="Extend"/> would say, without counting the number as seen.</summary>
    public readonly long Peek(ushort sequenceNumber) =>
        _started ? Highest + SerialNumber.Distance((ushort)Highest, sequenceNumber) : sequenceNumber;
}
