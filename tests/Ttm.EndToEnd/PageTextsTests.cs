using System.Net;
using System.Text.RegularExpressions;
using Ttm.EndToEnd.Kit;

namespace Ttm.EndToEnd;

/// <summary>Every text stands in one file per language; no page asks for one that is missing, and none is there that no page asks for.</summary>
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

        var used = Files().SelectMany(file => UsedKeys().Matches(file)).Select(match => match.Groups[1].Value + match.Groups[2].Value).Distinct().ToList();

        used.Count.ShouldBeGreaterThan(50);
        used.Except(english.Keys).ShouldBeEmpty();
    }

    [Fact]
    public void Texts_EveryKey_IsUsed()
    {
        var files = Files().ToList();
        var quoted = files.SelectMany(file => Quoted().Matches(file)).Select(match => match.Groups[1].Value).ToHashSet();
        // t(`student.${state}`) may be any key of that form.
        var forms = files.SelectMany(file => Composed().Matches(file)).Select(match => $"^{Hole().Replace(match.Groups[1].Value.Replace(".", @"\.", StringComparison.Ordinal), @"[\w.]+")}$").ToList();

        forms.ShouldNotBeEmpty();
        Read("texts.en.js").Keys.Where(key => !quoted.Contains(key) && !forms.Any(form => Regex.IsMatch(key, form))).ShouldBeEmpty();
    }

    /// <summary>What stands in the HTML is seen until the scripts run: nothing, or the very text.</summary>
    [Fact]
    public void Texts_InThePagesThemselves_AreTheEnglishOnes()
    {
        var english = Read("texts.en.js");

        var written = Files().SelectMany(file => Written().Matches(file)).Select(match => (Key: match.Groups[1].Value, Text: WebUtility.HtmlDecode(match.Groups[2].Value))).ToList();

        written.Count.ShouldBeGreaterThan(30);
        written.Where(one => one.Text.Length > 0 && one.Text != english[one.Key]).ShouldBeEmpty();
    }

    /// <summary>The pages and their scripts, without the texts themselves.</summary>
    private static IEnumerable<string> Files() => Directory.EnumerateFiles(Repository.Pages, "*.*", SearchOption.AllDirectories)
        .Where(file => file.EndsWith(".html", StringComparison.Ordinal) || file.EndsWith(".js", StringComparison.Ordinal))
        .Where(file => !Path.GetFileName(file).StartsWith("texts.", StringComparison.Ordinal))
        .Select(File.ReadAllText);

    private static Dictionary<string, string> Read(string file) =>
        Entries().Matches(File.ReadAllText(Path.Combine(Repository.Pages, file))).ToDictionary(match => match.Groups[1].Value, match => match.Groups[2].Value);

    private static IEnumerable<string> Placeholders(string text) => Placeholder().Matches(text).Select(match => match.Value).Order();

    [GeneratedRegex(@"^  '([\w.]+)': '(.*)',$", RegexOptions.Multiline)]
    private static partial Regex Entries();

    [GeneratedRegex(@"\{\w+\}")]
    private static partial Regex Placeholder();

    [GeneratedRegex("""data-t(?:-label|-hint)?="([\w.]+)"|\bt\('([\w.]+)'""")]
    private static partial Regex UsedKeys();

    [GeneratedRegex("""['"]([\w.]+)['"]""")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"\bt\(`([^`]+)`")]
    private static partial Regex Composed();

    [GeneratedRegex(@"\$\{[^}]*\}")]
    private static partial Regex Hole();

    [GeneratedRegex("""<[^<>]*\bdata-t="([\w.]+)"[^<>]*>([^<]*)<""")]
    private static partial Regex Written();
}
