using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace Ttm.EndToEnd.Kit;

/// <summary>
/// How a page looks to everyone: axe-core's rules for WCAG 2.2 AA and its good practice, and a picture in artifacts/pages, in light and dark, on a
/// desktop's and a phone's screen.
/// </summary>
internal static class Looks
{
    private static readonly (string Name, int Width, int Height)[] Screens = [("desktop", 1280, 800), ("phone", 390, 844)];

    private static readonly AxeRunOptions Rules = new()
    {
        RunOnly = new RunOnlyOptions { Type = "tag", Values = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] },
        Rules = new Dictionary<string, RuleOptions> { ["target-size"] = new() { Enabled = true } },
        ResultTypes = [ResultType.Violations],
    };

    /// <summary>The page as it is now has no fault that axe-core finds, and nothing of it stands out of the screen.</summary>
    public static async Task ShouldBeAccessibleAsync(this IPage page, string name)
    {
        Directory.CreateDirectory(Repository.Pictures);
        var size = page.ViewportSize!;
        foreach (var (screen, width, height) in Screens)
        {
            await page.SetViewportSizeAsync(width, height);
            foreach (var scheme in new[] { ColorScheme.Light, ColorScheme.Dark })
            {
                // Without motion, or a colour would be looked at while it changes.
                await page.EmulateMediaAsync(new() { ColorScheme = scheme, ReducedMotion = ReducedMotion.Reduce });
                var look = $"{name}-{screen}-{scheme}".ToLowerInvariant();
                await page.ScreenshotAsync(new() { Path = Path.Combine(Repository.Pictures, $"{look}.png"), FullPage = true });
                var found = await page.RunAxe(Rules);
                found.Violations.Select(Describe).ShouldBeEmpty(look);
                (await page.EvaluateAsync<int>("document.documentElement.scrollWidth")).ShouldBeLessThanOrEqualTo(width, $"{look} is wider than the screen");
            }
        }

        await page.SetViewportSizeAsync(size.Width, size.Height);
        await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Null, ReducedMotion = ReducedMotion.Null });
    }

    private static string Describe(AxeResultItem fault) =>
        $"{fault.Id}: {fault.Help}\n" + string.Join('\n', fault.Nodes.Select(node => $"  {node.Target}: {node.Html}\n    {string.Join("\n    ", node.Any.Concat(node.All).Concat(node.None).Select(check => check.Message))}"));
}
