namespace Ttm.Rtc.Srtp;

/// <summary>The 48-bit index of an SRTP packet: i = 2^16 * ROC + SEQ (RFC 3711 section 3.3.1).</summary>
internal static class PacketIndex
{
    private const ulong Limit = 1UL << 48;
    private const int Half = 1 << 15;

    /// <summary>
    /// Guesses the index from the sequence number and the highest index so far (RFC 3711 appendix A); the tag proves the guess. False
    /// where the 2^48 packets of a key are used up (section 9.2).
    /// </summary>
    internal static bool TryEstimate(in ReplayWindow window, ushort sequenceNumber, out ulong index)
    {
        index = sequenceNumber;
        if (!window.HasStarted)
            return true;

        ulong roc = window.Highest >> 16;
        int highest = (ushort)window.Highest;
        if (highest < Half)
        {
            // Below ROC 0 there is nothing: what looks older is the same, first round of numbers.
            if (sequenceNumber - highest > Half && roc > 0)
                roc--;
        }
        else if (highest - Half > sequenceNumber)
        {
            roc++;
        }

        index |= roc << 16;
        return index < Limit;
    }
}
