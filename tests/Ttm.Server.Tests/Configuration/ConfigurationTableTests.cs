using System.Text.RegularExpressions;
using Ttm.Server.Configuration;

namespace Ttm.Server.Tests.Configuration;

/// <summary>docs/configuration.md has every setting that the code reads, with its default, and no other.</summary>
public sealed partial class ConfigurationTableTests
{
    [Fact]
    public void Table_HasEverySettingWithItsDefault_AndNoOther()
    {
        var documented = Rows().ToDictionary(row => row.Groups["key"].Value, row => row.Groups["default"].Value);
        var known = ServerSettings.Known.ToDictionary(setting => setting.Written, setting => setting.Default);

        documented.Keys.Order().ShouldBe(known.Keys.Order());
        foreach (var (key, value) in known)
            documented[key].ShouldBe(value, key);
    }

    private static IEnumerable<Match> Rows() =>
        File.ReadLines(Find("docs/configuration.md")).Select(line => Row().Match(line)).Where(row => row.Success);

    private static string Find(string file)
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory!.FullName, file)))
            directory = directory.Parent;
        return Path.Combine(directory.FullName, file);
    }

    [GeneratedRegex(@"^\| `(?<key>[A-Z]\w*:[^`]+)` \| (?:`(?<default>[^`]*)` )?\|[^|]*\|")]
    private static partial Regex Row();
}
