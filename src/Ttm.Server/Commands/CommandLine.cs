using System.CommandLine;
using System.Text.RegularExpressions;
using Ttm.Server.Commands.Doctor;
using Ttm.Server.Commands.Init;
using Ttm.Server.Configuration;
using Ttm.Server.Hosting;

namespace Ttm.Server.Commands;

/// <summary>
/// What the arguments ask for: one of the commands, or without one to run the server. Every command takes settings, as the server does:
/// <c>--Section:Key=value</c>. Exit codes are <see cref="Fine"/>, <see cref="ToMend"/> and <see cref="BadArguments"/>.
/// </summary>
internal static partial class CommandLine
{
    public const int Fine = 0;

    /// <summary>The server cannot start, a command could not do its work, or doctor found what must be mended.</summary>
    public const int ToMend = 1;

    /// <summary>A wrong argument.</summary>
    public const int BadArguments = 2;

    private const string Description = """
        TtmMedia: one-to-one audio for lessons, recorded as MP3.

        Without a command the server runs. Settings come from appsettings.json, from the files that --config or TTM_CONFIG name, from the
        environment (Section__Key=value) and from arguments (--Section:Key=value), which every command takes, for example:
          ttm-server --config /etc/ttm-media --Http:Urls=http://0.0.0.0:8080 --Media:PublicAddresses=203.0.113.7
        With --role turn it is a STUN and TURN server alone, for media servers whose addresses stand in Turn:AllowedPeers.
        Exit codes: 0 all is well, 1 something must be mended (it is said what), 2 wrong arguments.
        """;

    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter errors)
    {
        var parsed = Create(errors).Parse(args);
        if (Mistake(parsed) is { } mistake)
        {
            await errors.WriteLineAsync($"{OneLine(mistake)} \"ttm-server --help\" tells more.");
            return BadArguments;
        }

        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration { Output = output, Error = errors, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
        }
        catch (StartException problem)
        {
            await errors.WriteLineAsync(problem.Message);
            return ToMend;
        }
    }

    /// <summary>The arguments that are settings, for whoever reads the configuration.</summary>
    public static string[] SettingsOf(ParseResult parsed)
    {
        var files = parsed.GetValue<string>($"--{ConfigurationFiles.Argument}");
        return files is null ? [.. parsed.UnmatchedTokens] : [$"--{ConfigurationFiles.Argument}={files}", .. parsed.UnmatchedTokens];
    }

    /// <summary>All commands there are.</summary>
    internal static RootCommand Create(TextWriter errors)
    {
        var role = new Option<string>($"--{TurnNodeSetup.RoleArgument}") { Description = "media, or turn for a TURN server alone; media where not given" };
        role.AcceptOnlyFromAmong("media", "turn");
        var root = new RootCommand(Description)
        {
            role,
            new Option<string>($"--{ConfigurationFiles.Argument}")
            {
                Description = "configuration files, or directories of *.json, separated by commas; TTM_CONFIG where not given",
                Recursive = true,
            },
            TokenCommand.Create(),
            NetworkLinkCommand.Create(),
            ConfigCommand.Create(),
            VerifyCommand.Create(),
            HealthCommand.Create(),
            InitCommand.Create(),
            DoctorCommand.Create(),
        };
        root.TreatUnmatchedTokensAsErrors = false;
        foreach (var command in root.Subcommands)
            command.TreatUnmatchedTokensAsErrors = false;
        root.SetAction((parsed, _) => ServerProcess.RunAsync([$"--{TurnNodeSetup.RoleArgument}={parsed.GetValue(role) ?? "media"}", .. SettingsOf(parsed)], errors));
        return root;
    }

    // Whatever the server's configuration does not take for a setting is a mistake: a misspelt command or option.
    private static string? Mistake(ParseResult parsed)
    {
        if (parsed.Errors.Count > 0)
            return parsed.Errors[0].Message;
        var tokens = parsed.UnmatchedTokens;
        for (var i = 0; i < tokens.Count; i++)
        {
            if (Setting().Match(tokens[i]) is not { Success: true } setting)
                return $"'{tokens[i]}' is no command, option or setting.";
            if (!setting.Groups["value"].Success && ++i == tokens.Count)
                return $"'{tokens[^1]}' needs a value: {tokens[^1]}=value.";
        }

        return null;
    }

    private static string OneLine(string message) => string.Join(' ', message.Split(['\r', '\n', '\t'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));

    // Beside our own there are the host's: --environment, --urls, --contentRoot.
    [GeneratedRegex(@"^(?:--|/)?(?:[A-Za-z_]\w*:[^=]+|environment|urls|contentRoot|applicationName|webroot)(?<value>=.*)?$", RegexOptions.IgnoreCase | RegexOptions.Singleline | RegexOptions.CultureInvariant)]
    private static partial Regex Setting();
}
