using System.CommandLine;
using Ttm.Server.Configuration;
using Ttm.Server.Hosting;

namespace Ttm.Server.Commands;

/// <summary><c>ttm-server config</c>: the configuration that the server would run with, where each value comes from, and no secret.</summary>
internal static class ConfigCommand
{
    private const string Mask = "********";

    public static Command Create()
    {
        var command = new Command("config", "Check the configuration and print what is in effect, each value with where it comes from, secrets masked.");
        command.SetAction(parsed =>
        {
            var builder = ServerHost.CreateBuilder(CommandLine.SettingsOf(parsed));
            _ = ServerSettings.Read(builder.Configuration, builder.Environment.IsDevelopment());
            var output = parsed.InvocationConfiguration.Output;
            output.WriteLine($"# {builder.Environment.EnvironmentName}");
            foreach (var (key, value, source) in EffectiveSettings.Of(builder.Configuration))
                output.WriteLine($"{key} = {(value.Length > 0 && KnownSetting.IsSecret(key) ? Mask : value)}  # {source}");
        });
        return command;
    }
}
