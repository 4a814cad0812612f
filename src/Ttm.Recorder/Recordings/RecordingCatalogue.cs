namespace Ttm.Recorder.Recordings;

/// <summary>All recordings that this node knows, in memory; the spool and the books are where they come from at start.</summary>
internal sealed class RecordingCatalogue
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Recording> _recordings = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SortedList<int, string>> _lessons = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _lastSequences = new(StringComparer.Ordinal);

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

    /// <summary>Only where nobody changed it in the meantime.</summary>
    public void Replace(Recording former, Recording recording)
    {
        lock (_lock)
        {
            if (ReferenceEquals(_recordings.GetValueOrDefault(former.Id), former))
                Put(recording);
        }
    }

    public void Remove(string id)
    {
        lock (_lock)
        {
            if (_recordings.Remove(id, out Recording? recording))
                _lessons[recording.Lesson].Remove(recording.Sequence);
        }
    }

    /// <summary>Keeps a deleted recording's number from being given again.</summary>
    public void Reserve(string lesson, int sequence)
    {
        lock (_lock)
            _lastSequences[lesson] = Math.Max(_lastSequences.GetValueOrDefault(lesson), sequence);
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

    public IReadOnlyList<Recording> Search(RecordingQuery query)
    {
        Recording[] all;
        lock (_lock)
            all = [.. _recordings.Values];
        return query.Select(all);
    }

    private int NextSequence(string lesson)
    {
        int last = _lessons.TryGetValue(lesson, out var ids) && ids.Count > 0 ? ids.GetKeyAtIndex(ids.Count - 1) : 0;
        return Math.Max(last, _lastSequences.GetValueOrDefault(lesson)) + 1;
    }

    private void Put(Recording recording)
    {
        _recordings[recording.Id] = recording;
        if (!_lessons.TryGetValue(recording.Lesson, out var ids))
            _lessons[recording.Lesson] = ids = [];
        ids[recording.Sequence] = recording.Id;
    }
}
