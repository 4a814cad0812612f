using Microsoft.Extensions.Configuration.EnvironmentVariables;
using Microsoft.Extensions.Configuration.Json;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.FileProviders.Physical;

namespace Ttm.Server.Configuration;

/// <summary>
/// Configuration files of the operator's own: <c>--config</c>, or else the environment variable <c>TTM_CONFIG</c>, names files and directories, separated by
/// commas; a directory stands for its <c>*.json</c> in the order of their names. They come after <c>appsettings.json</c> and before the environment
/// and the command line.
/// </summary>
internal static class ConfigurationFiles
{
    public const string Argument = "config";
    public const string Variable = "TTM_CONFIG";

    /// <exception cref="StartException">One is missing or cannot be read.</exception>
    public static void AddConfigurationFiles(this IConfigurationManager configuration, string[] args)
    {
        var sources = configuration.Sources;
        var place = sources.Count;
        for (var i = 0; i < sources.Count; i++)
        {
            if (sources[i] is EnvironmentVariablesConfigurationSource { Prefix: null or "" })
                place = i;
        }

        foreach (var file in Find(args))
            sources.Insert(place++, SourceOf(file));
    }

    private static IEnumerable<string> Find(string[] args)
    {
        var argument = new ConfigurationBuilder().AddCommandLine(args).Build()[Argument];
        var (name, value) = string.IsNullOrWhiteSpace(argument) ? (Variable, Environment.GetEnvironmentVariable(Variable)) : ($"--{Argument}", argument);
        return (value ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).SelectMany(path => FilesOf(name, Path.GetFullPath(path)));
    }

    private static string[] FilesOf(string name, string path)
    {
        try
        {
            string[] files = Directory.Exists(path) ? [.. Directory.EnumerateFiles(path, "*.json").Order(StringComparer.Ordinal)] : [path];
            foreach (var file in files)
            {
                using var readable = File.OpenRead(file);
            }

            return files;
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw StartException.Setting(name, path, "there is no such file or directory");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw StartException.Setting(name, path, $"it cannot be read ({exception.Message}); let the server's user read it");
        }
    }

    private static JsonConfigurationSource SourceOf(string file) => new()
    {
        FileProvider = new PhysicalFileProvider(Path.GetDirectoryName(file)!, ExclusionFilters.None),
        Path = Path.GetFileName(file),
        Optional = false,
    };
}
