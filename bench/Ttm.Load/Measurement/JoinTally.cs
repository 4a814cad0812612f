namespace Ttm.Load.Measurement;

/// <summary>How connections came about; any thread.</summary>
internal sealed class JoinTally
{
    private const int MaxReasons = 5;

    private readonly Lock _lock = new();
    private readonly List<string> _reasons = [];
    private int _failures;

    /// <summary>From the POST to media keys on both sides.</summary>
    public Histogram Teachers { get; } = new();

    /// <summary>From the POST to the first packet.</summary>
    public Histogram Students { get; } = new();

    public long Count
    {
        get
        {
            lock (_lock)
                return Teachers.Count + Students.Count;
        }
    }

    public int Failures
    {
        get
        {
            lock (_lock)
                return _failures;
        }
    }

    /// <summary>The first few.</summary>
    public IReadOnlyList<string> Reasons
    {
        get
        {
            lock (_lock)
                return [.. _reasons];
        }
    }

    public void Joined(bool publishes, TimeSpan time)
    {
        lock (_lock)
            (publishes ? Teachers : Students).Add(time);
    }

    public void Failed(string reason)
    {
        lock (_lock)
        {
            _failures++;
            if (_reasons.Count < MaxReasons && !_reasons.Contains(reason))
                _reasons.Add(reason);
        }
    }
}
