using System.Collections.Concurrent;
using Ttm.Server.Api.Lessons;
using Ttm.Server.Operations;
using Ttm.Sfu.Lessons;

namespace Ttm.Server.Events;

/// <summary>
/// Where all events of the server meet: lessons, recordings and messages publish; SSE streams and consumers read. Events of one
/// lesson keep their order; each gets an id greater than all before.
/// </summary>
internal sealed class EventHub(TimeProvider clock, IEnumerable<IEventConsumer> consumers, ServerMetrics metrics) : ILessonEventSink
{
    /// <summary>Beyond this many lessons the histories of ended ones without a reader are forgotten, longest silent first.</summary>
    public const int MaximumChannels = 1024;

    private readonly long _epoch = clock.GetUtcNow().ToUnixTimeMilliseconds();
    private readonly IEventConsumer[] _consumers = [.. consumers];
    private readonly ConcurrentDictionary<string, EventChannel> _channels = new(StringComparer.Ordinal);
    private long _sequence;

    public void Publish(LessonEvent lessonEvent)
    {
        var data = EventViews.Of(lessonEvent.Data);
        var body = PublishedEvent.Write(lessonEvent.Type, lessonEvent.Timestamp, data);
        Channel(lessonEvent.Lesson).Publish(progress =>
        {
            var isKept = data is LessonView lesson ? lesson.Record != false : progress.IsKept;
            var id = new EventCursor(_epoch, Interlocked.Increment(ref _sequence));
            var published = new PublishedEvent(id, lessonEvent.Type, lessonEvent.Lesson, lessonEvent.Timestamp, data, body, progress.Listener, isKept);
            foreach (var consumer in _consumers)
                consumer.Accept(published);
            return published;
        });
        metrics.EventPublished(lessonEvent.Type);
    }

    /// <summary>Ends when everything that was published until now survives this process.</summary>
    public Task WhenKept() => Task.WhenAll(_consumers.Select(consumer => consumer.WhenKept()));

    /// <summary>A lesson that was live before the server started: nothing is published, and its readers wait for what comes.</summary>
    public void Resume(LessonSnapshot lesson) => Channel(lesson.Id).Resume(lesson.Listener);

    /// <summary>
    /// Everything after <paramref name="after"/> that is still kept, and then what comes; without it only what comes. Null where too
    /// many read this lesson.
    /// </summary>
    public EventSubscription? Subscribe(string lesson, EventCursor? after) => Channel(lesson).Subscribe(after);

    private EventChannel Channel(string lesson)
    {
        if (_channels.TryGetValue(lesson, out var channel))
            return channel;
        if (_channels.Count >= MaximumChannels)
            Forget();
        return _channels.GetOrAdd(lesson, _ => new EventChannel());
    }

    private void Forget()
    {
        var idle = _channels.Where(pair => pair.Value.IsIdle).OrderBy(pair => pair.Value.LastSequence).Take(MaximumChannels / 8);
        foreach (var (lesson, _) in idle)
            _channels.TryRemove(lesson, out _);
    }
}
