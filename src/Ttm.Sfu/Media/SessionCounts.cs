using Ttm.Rtc;

namespace Ttm.Sfu.Media;

/// <summary>Open sessions by state and path. Written by the loop, read by anyone.</summary>
public sealed class SessionCounts
{
    private static readonly int Paths = Enum.GetValues<SessionPath>().Length;
    private readonly int[] _counts = new int[(int)RtcSessionState.Closed * Paths];

    public int Get(RtcSessionState state, SessionPath path) => Volatile.Read(ref _counts[Index(state, path)]);

    /// <summary>True where the session's path has changed.</summary>
    internal bool Move(MediaSession session, RtcSessionState state, SessionPath path)
    {
        var former = session.Place;
        if (former.IsCounted && former.State == state && former.Path == path)
            return false;
        if (former.IsCounted)
            _counts[Index(former.State, former.Path)]--;
        bool isOpen = state != RtcSessionState.Closed;
        if (isOpen)
            _counts[Index(state, path)]++;
        session.Place = new SessionPlace(isOpen, state, path);
        return isOpen && former.Path != path;
    }

    private static int Index(RtcSessionState state, SessionPath path) => ((int)state * Paths) + (int)path;
}

/// <summary>Where a session is counted.</summary>
internal readonly record struct SessionPlace(bool IsCounted, RtcSessionState State, SessionPath Path);
