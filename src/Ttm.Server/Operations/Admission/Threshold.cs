namespace Ttm.Server.Operations.Admission;

/// <summary>
/// A limit that does not flap: it is reached when the value has been there for a while, and left when the value has been well below it for a while.
/// </summary>
/// <param name="limit">Reached at this value.</param>
/// <param name="resume">Left at this one, which is lower.</param>
/// <param name="sustained">How long the value must be there to count.</param>
internal sealed class Threshold(double limit, double resume, TimeSpan sustained)
{
    /// <summary>How long the value must be low.</summary>
    public static readonly TimeSpan Calm = TimeSpan.FromSeconds(10);

    private TimeSpan? _since;

    public double Resume => resume;

    public bool IsReached { get; private set; }

    /// <param name="now">On any steady clock.</param>
    public bool Update(double value, TimeSpan now)
    {
        bool isTurning = IsReached ? value <= resume : value >= limit;
        if (!isTurning)
        {
            _since = null;
            return IsReached;
        }

        _since ??= now;
        if (now - _since < (IsReached ? Calm : sustained))
            return IsReached;
        IsReached = !IsReached;
        _since = null;
        return IsReached;
    }
}
