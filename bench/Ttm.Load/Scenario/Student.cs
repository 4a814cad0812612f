using Ttm.Load.Clients;
using Ttm.Rtc;

namespace Ttm.Load.Scenario;

/// <summary>One student of a lesson: its media, and since when it waits to hear.</summary>
internal sealed class Student(string id, LoadClient client)
{
    private const long Not = -1;

    private long _askedAt = Not;
    private long _leftAt = Not;

    public string Id { get; } = id;

    public LoadClient Client { get; } = client;

    /// <summary>The PUT that selects it leaves now.</summary>
    public void Ask(Instant now) => Volatile.Write(ref _askedAt, now.Ticks);

    /// <summary>Another one is selected.</summary>
    public void Leave(Instant now) => Volatile.Write(ref _leftAt, now.Ticks);

    /// <summary>On the loop: when it was asked for, once for each <see cref="Ask"/>.</summary>
    public bool TryTakeAsked(out Instant askedAt)
    {
        askedAt = new Instant(Volatile.Read(ref _askedAt));
        return askedAt.Ticks != Not && Interlocked.Exchange(ref _askedAt, Not) != Not;
    }

    /// <summary>False where it had never listened when the packet was sent, or not any more for longer than <paramref name="grace"/>.</summary>
    public bool HasListened(Instant sentAt, TimeSpan grace)
    {
        long left = Volatile.Read(ref _leftAt);
        return left != Not && sentAt - new Instant(left) < grace;
    }
}
