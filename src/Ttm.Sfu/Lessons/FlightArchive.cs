namespace Ttm.Sfu.Lessons;

/// <summary>The flight logs of the sessions of this node that have ended last.</summary>
internal sealed class FlightArchive
{
    /// <summary>At 16 KiB at most each.</summary>
    public const int Kept = 256;

    private readonly Lock _lock = new();
    private readonly Queue<FlightLog> _logs = new();

    public void Keep(FlightLog log)
    {
        lock (_lock)
        {
            if (_logs.Count == Kept)
                _logs.Dequeue();
            _logs.Enqueue(log);
        }
    }

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<FlightLog> Find(string lesson)
    {
        lock (_lock)
            return [.. _logs.Where(log => log.Lesson == lesson)];
    }
}
