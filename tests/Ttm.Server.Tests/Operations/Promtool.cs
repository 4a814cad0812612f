using System.Diagnostics;

namespace Ttm.Server.Tests.Operations;

/// <summary>Prometheus' own judge, of Debian's package prometheus.</summary>
internal static class Promtool
{
    public const string Package = "prometheus";

    public static bool IsThere => File.Exists("/usr/bin/promtool");

    public static async Task<(int Code, string Output)> RunAsync(string? input, params string[] arguments)
    {
        var start = new ProcessStartInfo("/usr/bin/promtool", arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.StandardInput.WriteAsync(input ?? "");
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await errors);
    }
}

/// <summary>A fact that takes <see cref="Promtool"/>.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PromtoolFactAttribute : FactAttribute
{
    public PromtoolFactAttribute()
    {
        if (!Promtool.IsThere)
            Skip = $"needs the package {Promtool.Package}";
    }
}
