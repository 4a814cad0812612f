using Ttm.Rtc;

namespace Ttm.Net;

/// <summary>Something with one timer in a <see cref="TimerQueue{T}"/>.</summary>
public interface ITimed
{
    /// <summary>The queue's own: the place in its heap, -1 where not in it.</summary>
    int TimerIndex { get; set; }

    /// <summary>The queue's own: when it is due.</summary>
    Instant TimerDue { get; set; }
}

/// <summary>
/// The timers of all sessions: a binary heap whose items know their place, so that a change costs O(log n) and no allocation, and a round with
/// nothing due costs one comparison.
/// </summary>
public sealed class TimerQueue<T>
    where T : class, ITimed
{
    private T[] _heap = new T[64];

    public int Count { get; private set; }

    public Instant NextDue => Count == 0 ? Instant.Never : _heap[0].TimerDue;

    /// <summary>Sets, moves or (with <see cref="Instant.Never"/>) removes the item's timer.</summary>
    public void Set(T item, Instant due)
    {
        if (due == Instant.Never)
        {
            Remove(item);
            return;
        }

        if (item.TimerIndex < 0)
        {
            if (Count == _heap.Length)
                Array.Resize(ref _heap, Count * 2);
            item.TimerDue = due;
            Place(item, Count++);
            SiftUp(item.TimerIndex);
            return;
        }

        if (item.TimerDue == due)
            return;
        bool earlier = due < item.TimerDue;
        item.TimerDue = due;
        if (earlier)
            SiftUp(item.TimerIndex);
        else
            SiftDown(item.TimerIndex);
    }

    public void Remove(T item)
    {
        int index = item.TimerIndex;
        if (index < 0)
            return;
        item.TimerIndex = -1;
        var last = _heap[--Count];
        _heap[Count] = null!;
        if (ReferenceEquals(last, item))
            return;
        Place(last, index);
        SiftUp(index);
        SiftDown(last.TimerIndex);
    }

    /// <summary>Takes the first item that is due, out of the queue.</summary>
    public bool TryTakeDue(Instant now, out T item)
    {
        item = null!;
        if (Count == 0 || _heap[0].TimerDue > now)
            return false;
        item = _heap[0];
        Remove(item);
        return true;
    }

    private void SiftUp(int index)
    {
        while (index > 0)
        {
            int parent = (index - 1) / 2;
            if (_heap[parent].TimerDue <= _heap[index].TimerDue)
                return;
            Swap(parent, index);
            index = parent;
        }
    }

    private void SiftDown(int index)
    {
        while (true)
        {
            int child = (2 * index) + 1;
            if (child >= Count)
                return;
            if (child + 1 < Count && _heap[child + 1].TimerDue < _heap[child].TimerDue)
                child++;
            if (_heap[index].TimerDue <= _heap[child].TimerDue)
                return;
            Swap(index, child);
            index = child;
        }
    }

    private void Swap(int first, int second)
    {
        var item = _heap[first];
        Place(_heap[second], first);
        Place(item, second);
    }

    private void Place(T item, int index)
    {
        _heap[index] = item;
        item.TimerIndex = index;
    }
}
