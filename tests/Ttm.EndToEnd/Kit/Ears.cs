using System.Runtime.InteropServices;
using Microsoft.Playwright;
using Ttm.Testing;
using Ttm.Testing.Sound;

namespace Ttm.EndToEnd.Kit;

/// <summary>What a page has heard from its peer connections, as its user would have.</summary>
internal static class Ears
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    public static async Task<PcmSound> SoundAsync(this IPage page)
    {
        var bytes = Convert.FromBase64String(await page.EvaluateAsync<string>("ears.take()"));
        return new PcmSound(MemoryMarshal.Cast<byte, short>(bytes).ToArray(), await page.EvaluateAsync<int>("ears.sampleRate"));
    }

    public static async Task<IReadOnlyList<DecodedQuarter>> QuartersAsync(this IPage page) => QuarterSecondDecoder.Decode(await page.SoundAsync());

    /// <summary>Waits until the page has heard that many quarters more; by loudness alone, since recognising them takes its time.</summary>
    public static async Task HearsAsync(this IPage page, int quarters)
    {
        var wanted = await page.AudibleAsync() + (quarters * QuarterSecondSignal.Quarter.TotalMilliseconds);
        await Until.SatisfiedAsync(page.AudibleAsync, audible => audible >= wanted, Limit, audible => $"heard {audible} ms of sound, not {wanted}");
    }

    /// <summary>Waits until all that was on its way has been heard: until a second of silence was played.</summary>
    public static async Task FallsSilentAsync(this IPage page) =>
        await Until.SatisfiedAsync(() => page.EvaluateAsync<double>("ears.silence"), silence => silence >= 1000, Limit, silence => $"{silence} ms of silence, not a second");

    private static Task<double> AudibleAsync(this IPage page) => page.EvaluateAsync<double>("ears.audible");
}
