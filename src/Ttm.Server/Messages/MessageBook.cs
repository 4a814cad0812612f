namespace Ttm.Server.Messages;

/// <summary>
/// The messages of the lessons: in memory, and in the spool for the next start. Bounded twice: a lesson takes <see cref="PerLesson"/> and then no
/// more; of more than <see cref="Lessons"/> lessons the one that was silent longest is forgotten.
/// </summary>
/// <param name="files">Null where nothing touches the disk.</param>
internal sealed class MessageBook(MessageFiles? files = null)
{
    public const int PerLesson = 10_000;
    public const int Lessons = 2_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, LinkedListNode<Page>> _pages = new(StringComparer.Ordinal);
    private readonly LinkedList<Page> _byUse = new();

    /// <summary>False where the lesson is full. Otherwise, when the task ends, the next start knows the message too.</summary>
    /// <param name="isKept">False: it stays in memory alone.</param>
    public async Task<bool> TryAddAsync(Message message, bool isKept)
    {
        if (!TryAdd(message))
            return false;
        if (isKept && files is not null)
            await files.AppendAsync(message);
        return true;
    }

    private bool TryAdd(Message message)
    {
        lock (_gate)
        {
            var page = Open(message.Lesson);
            if (page.Messages.Count >= PerLesson)
                return false;
            page.Messages.Add(message);
            return true;
        }
    }

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<Message> List(string lesson)
    {
        lock (_gate)
            return _pages.TryGetValue(lesson, out var node) ? [.. node.Value.Messages] : files?.Read(lesson) ?? [];
    }

    private Page Open(string lesson)
    {
        if (_pages.TryGetValue(lesson, out var node))
        {
            _byUse.Remove(node);
        }
        else
        {
            node = new(new Page(lesson, [.. files?.Read(lesson) ?? []]));
            _pages.Add(lesson, node);
        }

        _byUse.AddLast(node);
        if (_pages.Count > Lessons)
        {
            _pages.Remove(_byUse.First!.Value.Lesson);
            _byUse.RemoveFirst();
        }

        return node.Value;
    }

    private sealed record Page(string Lesson, List<Message> Messages);
}
