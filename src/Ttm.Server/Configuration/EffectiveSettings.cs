using Microsoft.Extensions.Configuration.CommandLine;
using Microsoft.Extensions.Configuration.EnvironmentVariables;
using Microsoft.Extensions.Configuration.Json;

namespace Ttm.Server.Configuration;

/// <summary>Every setting with its value and where that comes from: what is set, and the defaults of what is not.</summary>
internal static class EffectiveSettings
{
    private const string Default = "default";

    public static IEnumerable<(string Key, string Value, string Source)> Of(IConfigurationRoot configuration)
    {
        foreach (var setting in ServerSettings.Known)
        {
            var section = configuration.GetSection(setting.Key);
            if (section.Value is { Length: > 0 } value)
                yield return (setting.Key, value, Source(configuration, setting.Key));
            foreach (var child in section.GetChildren().Where(child => child.Value is not null))
                yield return (child.Path, child.Value!, Source(configuration, child.Path));
            if (!section.Exists() && setting.Shape == SettingShape.One)
                yield return (setting.Key, setting.Default, Default);
        }

        foreach (var (key, value) in configuration.AsEnumerable().Where(pair => pair.Key.StartsWith("Kestrel:", StringComparison.OrdinalIgnoreCase) || pair.Key.StartsWith("Logging:", StringComparison.OrdinalIgnoreCase)).OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            if (value is not null)
                yield return (key, value, Source(configuration, key));
        }
    }

    private static string Source(IConfigurationRoot configuration, string key) =>
        configuration.Providers.LastOrDefault(provider => provider.TryGet(key, out _)) switch
        {
            JsonConfigurationProvider { Source: { FileProvider: { } files, Path: { } path } } => files.GetFileInfo(path).PhysicalPath ?? path,
            EnvironmentVariablesConfigurationProvider => "environment",
            CommandLineConfigurationProvider => "argument",
            _ => Default,
        };
}
