using System.Text.RegularExpressions;
using Ttm.Server.Commands;
using Ttm.Server.Configuration;

namespace Ttm.Server.Tests.Configuration;

/// <summary>docs/configuration.md has every setting that the code reads, with its default, every command, and no other.</summary>
public sealed partial class ConfigurationTableTests
{
    [Fact]
    public void Table_HasEverySettingWithItsDefault_AndNoOther()
    {
        var documented = Rows(Row()).ToDictionary(row => row.Groups["key"].Value, row => row.Groups["default"].Value);
        var known = ServerSettings.Known.ToDictionary(setting => setting.Written, setting => setting.Default);

        documented.Keys.Order().ShouldBe(known.Keys.Order());
        foreach (var (key, value) in known)
            documented[key].ShouldBe(value, key);
    }

    [Fact]
    public void Table_HasEveryCommand_AndNoOther()
    {
        var documented = Rows(CommandRow()).Select(row => row.Groups["command"].Value);
        documented.Order().ShouldBe(CommandLine.Create(TextWriter.Null).Subcommands.Select(command => command.Name).Order());
    }

    private static IEnumerable<Match> Rows(Regex pattern) =>
        File.ReadLines(Find("docs/configuration.md")).Select(line => pattern.Match(line)).Where(row => row.Success);

    private static string Find(string file)
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory!.FullName, file)))
            directory = directory.Parent;
        return Path.Combine(directory.FullName, file);
    }

    [GeneratedRegex(@"^\| `(?<key>[A-Z]\w*:[^`]+)` \| (?:`(?<default>[^`]*)` )?\|[^|]*\|")]
    private static partial Regex Row();

    [GeneratedRegex(@"^\| `ttm-server (?<command>[a-z][\w-]*)[^`]*` \|")]
    private static partial Regex CommandRow();
}
