using System.Numerics;

namespace Ttm.Rtc.Rtp;

/// <summary>
/// Maps the sequence numbers of one stretch of a source to outgoing ones, remembering the last <see cref="Size"/> of them: each was
/// forwarded, left out on purpose, or has not come. Bit <c>i</c> of a mask stands for the number <c>i</c> below the highest.
/// </summary>
internal struct ReorderWindow
{
    public const int Size = 64;

    private ushort _highest;

    // The outgoing number of _highest or, where that one was left out, of the one below it.
    private ushort _outgoing;
    private ulong _seen;
    private ulong _leftOut;

    // How many numbers below _highest belong to the stretch, counted up to Size: nothing older has a number to go to.
    private int _depth;

    /// <summary>Begins with a packet that is forwarded.</summary>
    public ReorderWindow(ushort first, ushort outgoing)
    {
        _highest = first;
        _outgoing = outgoing;
        _seen = 1;
        _leftOut = 0;
        _depth = 0;
    }

    /// <summary>How far the number lies ahead of the highest.</summary>
    public readonly int GetDistance(ushort sequenceNumber) => SerialNumber.Distance(_highest, sequenceNumber);

    /// <summary>Finds the outgoing number.</summary>
    /// <param name="wanted">False to leave the packet out; the answer then is <see cref="DropReason.PaddingOnly"/> at best.</param>
    public DropReason Place(ushort sequenceNumber, bool wanted, out ushort outgoing)
    {
        int ahead = GetDistance(sequenceNumber);
        return ahead > 0 ? PlaceAhead(ahead, wanted, out outgoing) : PlaceBehind(-ahead, wanted, out outgoing);
    }

    private DropReason PlaceAhead(int ahead, bool wanted, out ushort outgoing)
    {
        _highest = (ushort)(_highest + ahead);
        _outgoing = (ushort)(_outgoing + (wanted ? ahead : ahead - 1));
        _seen = ahead < Size ? (_seen << ahead) | 1 : 1;
        _leftOut = (ahead < Size ? _leftOut << ahead : 0) | (wanted ? 0UL : 1);
        _depth = Math.Min(_depth + ahead, Size);
        outgoing = _outgoing;
        return wanted ? DropReason.None : DropReason.PaddingOnly;
    }

    private DropReason PlaceBehind(int behind, bool wanted, out ushort outgoing)
    {
        outgoing = 0;
        if (behind >= Size || behind > _depth)
            return DropReason.TooLate;

        ulong bit = 1UL << behind;
        if ((_seen & bit) != 0)
            return DropReason.Duplicate;

        // A packet left out after its successors have gone leaves its hole: they cannot be called back.
        _seen |= bit;
        outgoing = (ushort)(_outgoing - behind + BitOperations.PopCount(_leftOut & (bit - 1)));
        return wanted ? DropReason.None : DropReason.PaddingOnly;
    }
}
