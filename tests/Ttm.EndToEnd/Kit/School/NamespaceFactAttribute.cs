using System.Diagnostics;

namespace Ttm.EndToEnd.Kit.School;

/// <summary>A fact that takes network namespaces: Linux, root, and the packages iproute2 and nftables.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NamespaceFactAttribute : FactAttribute
{
    private static readonly Lazy<bool> IsPossible = new(Probe);

    public NamespaceFactAttribute()
    {
        if (!IsPossible.Value)
            Skip = "needs root, network namespaces and nftables";
    }

    private static bool Probe()
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess)
            return false;
        var name = $"ttm-{Environment.ProcessId}-probe";
        try
        {
            return Succeeds("ip", "netns", "add", name) && Succeeds("ip", "netns", "exec", name, "nft", "list", "ruleset");
        }
        finally
        {
            Succeeds("ip", "netns", "del", name);
        }
    }

    private static bool Succeeds(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
