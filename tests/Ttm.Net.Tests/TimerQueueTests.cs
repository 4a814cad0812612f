using Ttm.Rtc;

namespace Ttm.Net.Tests;

public sealed class TimerQueueTests
{
    [Fact]
    public void TryTakeDue_AfterRandomSetsAndRemovals_GivesItemsInOrder()
    {
        var random = new Random(7);
        var queue = new TimerQueue<Item>();
        var items = Enumerable.Range(0, 500).Select(_ => new Item()).ToArray();
        for (int round = 0; round < 5000; round++)
        {
            var item = items[random.Next(items.Length)];
            if (random.Next(4) == 0)
                queue.Remove(item);
            else
                queue.Set(item, new Instant(random.Next(10_000)));
        }

        var expected = items.Where(i => i.TimerIndex >= 0).Select(i => i.TimerDue.Ticks).Order().ToList();
        expected.Count.ShouldBe(queue.Count);

        var taken = new List<long>();
        while (queue.TryTakeDue(new Instant(20_000), out var item))
            taken.Add(item.TimerDue.Ticks);
        taken.ShouldBe(expected);
        queue.NextDue.ShouldBe(Instant.Never);
    }

    [Fact]
    public void TryTakeDue_BeforeTheFirstIsDue_GivesNothing()
    {
        var queue = new TimerQueue<Item>();
        queue.Set(new Item(), new Instant(10));
        queue.TryTakeDue(new Instant(9), out _).ShouldBeFalse();
        queue.TryTakeDue(new Instant(10), out _).ShouldBeTrue();
    }

    private sealed class Item : ITimed
    {
        public int TimerIndex { get; set; } = -1;

        public Instant TimerDue { get; set; }
    }
}
