using System.Threading.Channels;

namespace Ttm.Server.Events;

/// <summary>
/// One reader of a lesson's events. A reader that falls <see cref="Capacity"/> events behind is cut off: its stream ends, and it
/// resumes by Last-Event-ID from what is kept.
/// </summary>
internal sealed class EventSubscription(IReadOnlyList<PublishedEvent> missed, LessonProgress progress, Action<EventSubscription> onDispose) : IDisposable
{
    public const int Capacity = 256;

    private readonly Channel<PublishedEvent> _queue = Channel.CreateBounded<PublishedEvent>(
        new BoundedChannelOptions(Capacity) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    /// <summary>What came between the reader's Last-Event-ID and now.</summary>
    public IReadOnlyList<PublishedEvent> Missed { get; } = missed;

    /// <summary>Where the lesson was after the last of <see cref="Missed"/>; the reader carries it on.</summary>
    public LessonProgress Progress { get; } = progress;

    public ChannelReader<PublishedEvent> Reader => _queue.Reader;

    /// <summary>False where the reader is cut off.</summary>
    public bool TryWrite(PublishedEvent published)
    {
        if (_queue.Writer.TryWrite(published))
            return true;
        _queue.Writer.TryComplete();
        return false;
    }

    public void Dispose() => onDispose(this);
}
