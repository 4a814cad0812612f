namespace Ttm.Rtc.Srtp;

/// <summary>The state of one SSRC, for RTP or for RTCP.</summary>
internal struct SrtpStream
{
    internal uint Ssrc;
    internal ReplayWindow Window;
}

/// <summary>
/// The SSRCs of one direction. It is small on purpose: an SSRC enters it only with a packet whose tag was right, and stays until the
/// keys go, because a forgotten window could be replayed into.
/// </summary>
internal sealed class SrtpStreamTable
{
    internal const int Capacity = 8;

    private readonly SrtpStream[] _streams = new SrtpStream[Capacity];
    private int _count;

    internal bool IsFull => _count == Capacity;

    /// <summary>The stream's place, or −1.</summary>
    internal int Find(uint ssrc)
    {
        for (int i = 0; i < _count; i++)
        {
            if (_streams[i].Ssrc == ssrc)
                return i;
        }

        return -1;
    }

    internal ReplayWindow Window(int place) => place < 0 ? default : _streams[place].Window;

    /// <summary>Marks the index of an authenticated packet; −1 gives the SSRC a place, which must be free.</summary>
    internal void Accept(int place, uint ssrc, ulong index)
    {
        if (place < 0)
        {
            place = _count++;
            _streams[place].Ssrc = ssrc;
        }

        _streams[place].Window.Accept(index);
    }
}
