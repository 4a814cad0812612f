using System.CommandLine;
using Ttm.Server.Configuration;
using Ttm.Server.Hosting;

namespace Ttm.Server.Commands;

/// <summary>What the first argument asks for: a command, or, where it is a setting or missing, to run the server.</summary>
internal static class CommandLine
{
    /// <summary>A wrong argument.</summary>
    public const int BadArguments = 2;

    private const string Description = """
        TtmMedia: one-to-one audio for lessons, recorded as MP3.

        Without a command the server runs. Settings come from appsettings.json, from the environment (Section__Key=value) and
        from arguments (--Section:Key=value), for example:
          ttm-server --Http:Urls=http://0.0.0.0:8080 --Media:PublicAddresses=203.0.113.7
        """;

    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter errors)
    {
        if (args.Length == 0 || IsSetting(args[0]))
            return await ServerProcess.RunAsync(args, errors);
        var root = new RootCommand(Description);
        root.Subcommands.Add(TokenCommand.Create());
        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            var message = string.Join(' ', parsed.Errors[0].Message.Split(['\r', '\n', '\t'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
            await errors.WriteLineAsync($"{message} \"ttm-server --help\" tells more.");
            return BadArguments;
        }

        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration { Output = output, Error = errors, EnableDefaultExceptionHandler = false });
        }
        catch (StartException problem)
        {
            await errors.WriteLineAsync(problem.Message);
            return 1;
        }
    }

    private static bool IsSetting(string argument) =>
        argument is not ("--help" or "-h" or "-?" or "/?" or "/h" or "--version") && (argument.StartsWith("--", StringComparison.Ordinal) || argument.StartsWith('/') || argument.Contains('='));
}
