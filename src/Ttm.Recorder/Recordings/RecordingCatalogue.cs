namespace Ttm.Recorder.Recordings;

/// <summary>All recordings that this node knows, in memory; the spool and the books are where they come from at start.</summary>
internal sealed class RecordingCatalogue
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Recording> _recordings = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SortedList<int, string>> _lessons = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SortedSet<int>> _deleted = new(StringComparer.Ordinal);

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

    /// <summary>Changes a recording, or adds one. Its number is the catalogue's own.</summary>
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
            DeletedOf(lesson).Add(sequence);
    }

    /// <summary>
    /// Takes over a lesson's book: what is in it keeps its number. A recording that is in no book yet gives way: where its number is taken, it and those after
    /// it get the next ones. That happens where a machine began the lesson anew without the books of another.
    /// </summary>
    public void Adopt(string lesson, IEnumerable<Recording> booked, IEnumerable<int> deleted)
    {
        lock (_lock)
        {
            DeletedOf(lesson).UnionWith(deleted);
            Dictionary<string, Recording> others = IdsOf(lesson).Values.ToDictionary(id => id, id => _recordings[id], StringComparer.Ordinal);
            IdsOf(lesson).Clear();
            foreach (Recording recording in booked)
            {
                others.Remove(recording.Id);
                PutAs(recording);
            }

            Place(lesson, others.Values);
        }
    }

    /// <summary>Adds recordings of a lesson that are in no book yet.</summary>
    public void Add(string lesson, IEnumerable<Recording> recordings)
    {
        lock (_lock)
            Place(lesson, recordings);
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

    // Ids sort by time, and so do numbers then.
    private void Place(string lesson, IEnumerable<Recording> recordings)
    {
        bool moves = false;
        foreach (Recording recording in recordings.OrderBy(recording => recording.Id, StringComparer.Ordinal))
        {
            moves |= IdsOf(lesson).ContainsKey(recording.Sequence) || DeletedOf(lesson).Contains(recording.Sequence);
            PutAs(moves ? recording with { Sequence = NextSequence(lesson) } : recording);
        }
    }

    private int NextSequence(string lesson)
    {
        SortedList<int, string> ids = IdsOf(lesson);
        return Math.Max(ids.Count > 0 ? ids.GetKeyAtIndex(ids.Count - 1) : 0, DeletedOf(lesson).Max) + 1;
    }

    private void Put(Recording recording)
    {
        if (!_recordings.TryGetValue(recording.Id, out Recording? known))
            Place(recording.Lesson, [recording]);
        else
            PutAs(known.Sequence == recording.Sequence ? recording : recording with { Sequence = known.Sequence });
    }

    private void PutAs(Recording recording)
    {
        _recordings[recording.Id] = recording;
        IdsOf(recording.Lesson)[recording.Sequence] = recording.Id;
    }

    private SortedList<int, string> IdsOf(string lesson) =>
        _lessons.TryGetValue(lesson, out SortedList<int, string>? ids) ? ids : _lessons[lesson] = [];

    private SortedSet<int> DeletedOf(string lesson) =>
        _deleted.TryGetValue(lesson, out SortedSet<int>? numbers) ? numbers : _deleted[lesson] = [];
}
