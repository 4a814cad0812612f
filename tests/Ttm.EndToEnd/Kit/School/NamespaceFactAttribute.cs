using System.Diagnostics;

namespace Ttm.EndToEnd.Kit.School;

/// <summary>A fact that takes network namespaces: Linux, root, and the packages iproute2 and nftables.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NamespaceFactAttribute : FactAttribute
{
    private static readonly Lazy<string?> Obstacle = new(Probe);

    public NamespaceFactAttribute() => Skip = Obstacle.Value;

    private static string? Probe()
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess)
            return "needs root on Linux";
        var name = $"ttm-{Environment.ProcessId}-probe";
        try
        {
            if (!Succeeds("ip", "-V") || !Succeeds("nft", "-v"))
                return "needs the packages iproute2 and nftables";
            return Succeeds("ip", "netns", "add", name) && Succeeds("ip", "netns", "exec", name, "nft", "list", "ruleset")
                ? null
                : "needs a kernel that lets root make network namespaces (CAP_SYS_ADMIN)";
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
