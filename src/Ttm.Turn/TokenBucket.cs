using Ttm.Rtc;

namespace Ttm.Turn;

/// <summary>A rate with a burst, as one number and a time.</summary>
internal struct TokenBucket
{
    private double _tokens;
    private Instant _filledAt;

    public TokenBucket(double tokens, Instant now)
    {
        _tokens = tokens;
        _filledAt = now;
    }

    public bool TryTake(double amount, double perSecond, double burst, Instant now)
    {
        Fill(perSecond, burst, now);
        if (_tokens < amount)
            return false;
        _tokens -= amount;
        return true;
    }

    /// <summary>What could be taken now.</summary>
    public double Fill(double perSecond, double burst, Instant now)
    {
        if (now > _filledAt)
        {
            _tokens = Math.Min(burst, _tokens + (perSecond * (now - _filledAt).TotalSeconds));
            _filledAt = now;
        }

        return _tokens;
    }
}
