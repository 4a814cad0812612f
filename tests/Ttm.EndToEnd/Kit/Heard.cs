using Microsoft.Playwright;
using Ttm.Testing.Sound;

namespace Ttm.EndToEnd.Kit;

/// <summary>
/// Judges what a student's browser heard. By what is recognised, not by when: a browser on a busy machine conceals and stretches, and the
/// relay is not to blame for it.
/// </summary>
internal static class Heard
{
    // At each switch the quarter being cut, and one that the browser's jitter buffer has hurt.
    private const int LostPerStretch = 2;

    // Of sound that nothing has harmed; what concealment makes of a cut-off sliver has less.
    private const double Clear = 0.85;

    public static async Task ShouldBeWhatWasSaidAsync(IPage student, IReadOnlyList<RecordedStretch> stretches)
    {
        var heard = await student.QuartersAsync();
        var said = stretches.SelectMany(stretch => stretch.Quarters).Select(quarter => Number(quarter.Index)).ToHashSet();
        // A quarter whose sliver at a switch is too short to be seen in the MP3, drawn out by the browser's concealment.
        var slivers = stretches.SelectMany(stretch => new[] { stretch.First - 1, stretch.Last + 1 }).Select(Number).ToHashSet();
        var foreign = heard.Where(quarter => !said.Contains(Number(quarter.Index)) && !(slivers.Contains(Number(quarter.Index)) && quarter.Confidence < Clear)).ToList();
        foreign.ShouldBeEmpty($"heard though not selected: {string.Join(' ', foreign)}");
        var missing = said.Except(heard.Select(quarter => Number(quarter.Index))).ToList();
        missing.Count.ShouldBeLessThanOrEqualTo(LostPerStretch * stretches.Count, $"said but not heard: {string.Join(' ', missing)}");
    }

    private static int Number(int index) => ((index % QuarterSecondSignal.Modulus) + QuarterSecondSignal.Modulus) % QuarterSecondSignal.Modulus;
}
