using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Ttm.Testing;

/// <summary>Waiting for a real process, socket or thread: asks again until it is so, and says what is missing when the time is over.</summary>
public static class Until
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    // For what asks another process.
    private static readonly TimeSpan LongPause = TimeSpan.FromMilliseconds(50);

    /// <param name="limit">30 s unless told.</param>
    /// <param name="message">What to say when the time is over; else it is the condition's text.</param>
    /// <param name="pause">Between two questions: 10 ms unless told.</param>
    /// <exception cref="TimeoutException">It is not so within the limit.</exception>
    public static Task TrueAsync(
        Func<bool> condition, TimeSpan? limit = null, Func<string>? message = null, TimeSpan? pause = null, [CallerArgumentExpression(nameof(condition))] string text = "") =>
        TrueAsync(() => Task.FromResult(condition()), limit, message, pause ?? Pause, text);

    /// <param name="limit">30 s unless told.</param>
    /// <param name="message">What to say when the time is over; else it is the condition's text.</param>
    /// <param name="pause">Between two questions: 50 ms unless told.</param>
    /// <exception cref="TimeoutException">It is not so within the limit.</exception>
    public static async Task TrueAsync(
        Func<Task<bool>> condition, TimeSpan? limit = null, Func<string>? message = null, TimeSpan? pause = null, [CallerArgumentExpression(nameof(condition))] string text = "")
    {
        var end = limit ?? Limit;
        for (var since = Stopwatch.StartNew(); !await condition(); await Task.Delay(pause ?? LongPause))
        {
            if (since.Elapsed > end)
                throw new TimeoutException($"Not so within {end.TotalSeconds} s: {message?.Invoke() ?? text}");
        }
    }

    /// <summary>The first value that satisfies, or a failure that shows the last one.</summary>
    /// <exception cref="TimeoutException">None does within the limit.</exception>
    public static async Task<T> SatisfiedAsync<T>(Func<Task<T>> read, Func<T, bool> condition, TimeSpan limit, Func<T, string> message)
    {
        var value = await read();
        await TrueAsync(async () => condition(value) || condition(value = await read()), limit, () => message(value));
        return value;
    }
}
