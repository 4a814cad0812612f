using System.Text.RegularExpressions;
using Ttm.EndToEnd.Kit;

namespace Ttm.EndToEnd;

/// <summary>Every text stands in one file per language; no page asks for one that is missing.</summary>
public sealed partial class PageTextsTests
{
    [Fact]
    public void Texts_BothLanguages_HaveTheSameKeysAndPlaceholders()
    {
        var english = Read("texts.en.js");
        var spanish = Read("texts.es.js");

        spanish.Keys.Order().ShouldBe(english.Keys.Order());
        foreach (var (key, text) in english)
            Placeholders(spanish[key]).ShouldBe(Placeholders(text), $"placeholders of {key}");
    }

    [Fact]
    public void Texts_KeysThatPagesUse_Exist()
    {
        var english = Read("texts.en.js");
        var files = Directory.EnumerateFiles(Repository.Pages, "*.*", SearchOption.AllDirectories).Where(file => file.EndsWith(".html") || file.EndsWith(".js"));

        var used = files.SelectMany(file => UsedKeys().Matches(File.ReadAllText(file))).Select(match => match.Groups[1].Value + match.Groups[2].Value).Distinct().ToList();

        used.Count.ShouldBeGreaterThan(50);
        used.Except(english.Keys).ShouldBeEmpty();
    }

    private static Dictionary<string, string> Read(string file) =>
        Entries().Matches(File.ReadAllText(Path.Combine(Repository.Pages, file))).ToDictionary(match => match.Groups[1].Value, match => match.Groups[2].Value);

    private static IEnumerable<string> Placeholders(string text) => Placeholder().Matches(text).Select(match => match.Value).Order();

    [GeneratedRegex(@"^  '([\w.]+)': '(.*)',$", RegexOptions.Multiline)]
    private static partial Regex Entries();

    [GeneratedRegex(@"\{\w+\}")]
    private static partial Regex Placeholder();

    [GeneratedRegex("""data-t(?:-label|-hint)?="([\w.]+)"|\bt\('([\w.]+)'""")]
    private static partial Regex UsedKeys();
}
