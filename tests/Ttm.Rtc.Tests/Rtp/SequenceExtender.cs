using Ttm.Rtc.Rtp;

namespace Ttm.Rtc.Tests.Rtp;

/// <summary>Turns 16-bit sequence numbers into numbers that never wrap, taking each for the one nearest to the highest seen.</summary>
internal struct SequenceExtender
{
    private bool _started;

    public long Highest { get; private set; }

    public long Extend(ushort sequenceNumber)
    {
        long extended = _started ? Highest + SerialNumber.Distance((ushort)Highest, sequenceNumber) : sequenceNumber;
        Highest = _started ? Math.Max(Highest, extended) : extended;
        _started = true;
        return extended;
    }
}
