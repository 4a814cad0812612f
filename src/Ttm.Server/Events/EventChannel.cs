namespace Ttm.Server.Events;

/// <summary>One lesson's events: the last <see cref="Kept"/> of them, and who reads along. Its own lock is its one owner.</summary>
internal sealed class EventChannel
{
    /// <summary>Events kept for Last-Event-ID; a reader that was away for longer gets what is left.</summary>
    public const int Kept = 512;

    /// <summary>Readers of one lesson at a time.</summary>
    public const int MaximumReaders = 2048;

    private readonly Lock _gate = new();
    private readonly Queue<PublishedEvent> _history = new();
    private readonly List<EventSubscription> _readers = [];
    private readonly LessonProgress _progress = new();
    private long _lastSequence;

    public long LastSequence => Volatile.Read(ref _lastSequence);

    /// <summary>No lesson is live here and nobody reads.</summary>
    public bool IsIdle
    {
        get
        {
            lock (_gate)
                return !_progress.IsLive && _readers.Count == 0;
        }
    }

    /// <param name="create">Makes the event, given how the lesson stood before it.</param>
    public void Publish(Func<LessonProgress, PublishedEvent> create)
    {
        lock (_gate)
        {
            var published = create(_progress);
            Volatile.Write(ref _lastSequence, published.Id.Sequence);
            _progress.Apply(published);
            _history.Enqueue(published);
            if (_history.Count > Kept)
                _history.Dequeue();
            for (var i = _readers.Count - 1; i >= 0; i--)
            {
                if (!_readers[i].TryWrite(published))
                    _readers.RemoveAt(i);
            }
        }
    }

    public void Resume(string? listener)
    {
        lock (_gate)
            _progress.Resume(listener);
    }

    public EventSubscription? Subscribe(EventCursor? after)
    {
        lock (_gate)
        {
            if (_readers.Count >= MaximumReaders)
                return null;
            var missed = after is { } id ? _history.Where(published => published.Id.CompareTo(id) > 0).ToList() : [];
            var reader = new EventSubscription(missed, _progress.Copy(), Remove);
            _readers.Add(reader);
            return reader;
        }
    }

    private void Remove(EventSubscription reader)
    {
        lock (_gate)
            _readers.Remove(reader);
    }
}
