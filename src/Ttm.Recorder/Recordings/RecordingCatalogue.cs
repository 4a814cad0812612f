namespace Ttm.Recorder.Recordings;

/// <summary>All recordings that this node knows, in memory; the spool and the books are where they come from at start.</summary>
internal sealed class RecordingCatalogue
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Recording> _recordings = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SortedList<int, string>> _lessons = new(StringComparer.Ordinal);

    /// <summary>Makes a recording whose sequence number is the lesson's next.</summary>
    public Recording Begin(string lesson, Func<int, Recording> create)
    {
        lock (_lock)
        {
            Recording recording = create(NextSequence(lesson));
            Put(recording);
            return recording;
        }
    }

    public void Set(Recording recording)
    {
        lock (_lock)
            Put(recording);
    }

    public void Remove(string id)
    {
        lock (_lock)
        {
            if (_recordings.Remove(id, out Recording? recording))
                _lessons[recording.Lesson].Remove(recording.Sequence);
        }
    }

    public Recording? Find(string id)
    {
        lock (_lock)
            return _recordings.GetValueOrDefault(id);
    }

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<Recording> List(string lesson)
    {
        lock (_lock)
            return _lessons.TryGetValue(lesson, out var ids) ? [.. ids.Values.Select(id => _recordings[id])] : [];
    }

    private int NextSequence(string lesson) =>
        _lessons.TryGetValue(lesson, out var ids) && ids.Count > 0 ? ids.GetKeyAtIndex(ids.Count - 1) + 1 : 1;

    private void Put(Recording recording)
    {
        _recordings[recording.Id] = recording;
        if (!_lessons.TryGetValue(recording.Lesson, out var ids))
            _lessons[recording.Lesson] = ids = [];
        ids[recording.Sequence] = recording.Id;
    }
}
