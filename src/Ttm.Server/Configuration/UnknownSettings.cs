using Microsoft.Extensions.Configuration.CommandLine;
using Microsoft.Extensions.Configuration.Json;
using Ttm.Server.Hosting;

namespace Ttm.Server.Configuration;

/// <summary>
/// Finds keys that nobody reads: a misspelt one would change nothing and say nothing. Files and arguments are judged whole; of the environment, which
/// belongs to all programs, what looks like one of our sections.
/// </summary>
internal static class UnknownSettings
{
    // Sections and keys of ASP.NET, of its host and of OpenTelemetry, which they check themselves.
    private static readonly string[] Framework =
    [
        "Logging", "Kestrel", "AllowedHosts", "urls", "http_ports", "https_ports", "environment", "applicationName", "contentRoot", "webroot", "hostBuilder",
        "shutdownTimeoutSeconds", "detailedErrors", "captureStartupErrors", "suppressStatusMessages", ConfigurationFiles.Argument,
        TurnNodeSetup.RoleArgument,
    ];

    /// <exception cref="StartException">There is one: it is named, with the nearest one that is known.</exception>
    public static void Check(IConfigurationRoot configuration, IReadOnlyList<KnownSetting> known)
    {
        var sections = known.Select(setting => setting.Key[..setting.Key.IndexOf(':', StringComparison.Ordinal)]).Distinct(StringComparer.OrdinalIgnoreCase).ToList();
        foreach (var provider in configuration.Providers)
        {
            var isOurs = provider is JsonConfigurationProvider or CommandLineConfigurationProvider;
            foreach (var key in Keys(provider, null))
            {
                if (!IsKnown(key, known) && (isOurs || LooksLikeOurs(key, sections)))
                    throw Unknown(key, provider, known);
            }
        }
    }

    private static bool IsKnown(string key, IReadOnlyList<KnownSetting> known) =>
        known.Any(setting => setting.Matches(key))
        || Array.Exists(Framework, name => key.Equals(name, StringComparison.OrdinalIgnoreCase) || key.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))
        || key.StartsWith("OTEL_", StringComparison.OrdinalIgnoreCase);

    private static bool LooksLikeOurs(string key, List<string> sections)
    {
        var colon = key.IndexOf(':', StringComparison.Ordinal);
        return colon > 3 && sections.Exists(section => Distance(section, key[..colon]) <= (section.Length > 4 ? 2 : 0));
    }

    private static IEnumerable<string> Keys(IConfigurationProvider provider, string? parent)
    {
        foreach (var child in provider.GetChildKeys([], parent).Distinct(StringComparer.OrdinalIgnoreCase))
        {
            var key = parent is null ? child : $"{parent}:{child}";
            if (provider.TryGet(key, out var value) && !string.IsNullOrEmpty(value))
                yield return key;
            foreach (var below in Keys(provider, key))
                yield return below;
        }
    }

    private static StartException Unknown(string key, IConfigurationProvider provider, IReadOnlyList<KnownSetting> known)
    {
        var (setting, distance) = known.Select(one => (one, Distance(Shown(one, key), key))).MinBy(pair => pair.Item2);
        var near = distance <= Math.Max(2, key.Length / 3) ? setting
            : known.FirstOrDefault(one => LastPart(one.Key).Equals(LastPart(key), StringComparison.OrdinalIgnoreCase));
        var mend = near is null ? "docs/configuration.md lists all" : $"did you mean {near.Written}?";
        provider.TryGet(key, out var value);
        var where = provider is JsonConfigurationProvider { Source: { FileProvider: { } files, Path: { } path } } ? $" (in {files.GetFileInfo(path).PhysicalPath ?? path})" : "";
        var shown = KnownSetting.IsSecret(key) || (near is not null && KnownSetting.IsSecret(near.Written)) ? "" : $" \"{value}\"";
        return new($"{key} is set{(shown.Length == 0 ? "" : " to" + shown)}{where}, and there is no such setting: {mend}");
    }

    // A name below a map is the operator's: it counts for no difference.
    private static string Shown(KnownSetting setting, string key) =>
        setting.Shape == SettingShape.Map && key.LastIndexOf(':') is > 0 and var colon ? setting.Key + key[colon..] : setting.Key;

    private static string LastPart(string key) => key[(key.LastIndexOf(':') + 1)..];

    /// <summary>Levenshtein's, without regard to case.</summary>
    private static int Distance(string one, string other)
    {
        var row = Enumerable.Range(0, other.Length + 1).ToArray();
        for (var i = 1; i <= one.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= other.Length; j++)
            {
                var cost = char.ToUpperInvariant(one[i - 1]) == char.ToUpperInvariant(other[j - 1]) ? 0 : 1;
                (diagonal, row[j]) = (row[j], Math.Min(diagonal + cost, Math.Min(row[j], row[j - 1]) + 1));
            }
        }

        return row[^1];
    }
}
