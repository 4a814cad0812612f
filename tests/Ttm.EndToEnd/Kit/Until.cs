namespace Ttm.EndToEnd.Kit;

/// <summary>Waiting for another process: asks again until it is so, and says what is missing when the time is over.</summary>
internal static class Until
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    public static async Task TrueAsync(Func<Task<bool>> condition, TimeSpan limit, Func<string> message)
    {
        using var timer = new PeriodicTimer(Interval);
        for (var end = DateTime.UtcNow + limit; !await condition(); await timer.WaitForNextTickAsync())
            (DateTime.UtcNow < end).ShouldBeTrue(message());
    }

    /// <summary>The first value that satisfies, or a failure that shows the last one.</summary>
    public static async Task<T> SatisfiedAsync<T>(Func<Task<T>> read, Func<T, bool> condition, TimeSpan limit, Func<T, string> message)
    {
        var value = await read();
        await TrueAsync(async () => condition(value = await read()), limit, () => message(value));
        return value;
    }
}
