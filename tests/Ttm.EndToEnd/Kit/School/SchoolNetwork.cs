using System.Diagnostics;
using System.Text.Json;

namespace Ttm.EndToEnd.Kit.School;

/// <summary>
/// A school behind its firewall, in three network namespaces that nothing else on the machine can reach:
/// <code>server 203.0.113.2 -- 203.0.113.1 firewall 10.77.2.1 -- 10.77.2.2 school</code>
/// Nothing passes the firewall but what its rules name; refused packets vanish, as they do in schools. The server's address is none of a private network:
/// there Chromium takes no candidate with port 443.
/// </summary>
internal sealed class SchoolNetwork : IDisposable
{
    public const string ServerAddress = "203.0.113.2";

    // What ip(8) puts in the place of files in /etc.
    private const string Etc = "/etc/netns";
    private readonly string _firewall = NameOf("firewall");

    /// <param name="host">The server's name, which the school knows without a name server.</param>
    public SchoolNetwork(string host)
    {
        // What a run that was killed has left would be in the way.
        Dispose();
        foreach (var name in new[] { Server, _firewall, School })
        {
            Run("ip", "netns", "add", name);
            Run("ip", "-n", name, "link", "set", "lo", "up");
        }

        var etc = Directory.CreateDirectory(Path.Combine(Etc, School)).FullName;
        File.WriteAllText(Path.Combine(etc, "hosts"), $"127.0.0.1 localhost\n{ServerAddress} {host}\n");
        File.WriteAllText(Path.Combine(etc, "resolv.conf"), "");
        File.WriteAllText(Path.Combine(etc, "nsswitch.conf"), "hosts: files\n");
        Connect(Server, ServerAddress, "outside", "203.0.113.1");
        Connect(School, "10.77.2.2", "inside", "10.77.2.1");
        Run("ip", "netns", "exec", _firewall, "sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward");
        Allow();
    }

    /// <summary>The namespace in which the server runs.</summary>
    public string Server { get; } = NameOf("server");

    /// <summary>The namespace in which browsers run.</summary>
    public string School { get; } = NameOf("school");

    /// <summary>Opens the firewall for these alone, such as <c>tcp dport 443</c>, and counts from zero what it refuses.</summary>
    public void Allow(params string[] rules)
    {
        var accepted = string.Join('\n', rules.Select(rule => $"iifname inside {rule} accept"));
        Run("ip", ["netns", "exec", _firewall, "nft", "-f", "-"], $$"""
            flush ruleset
            table inet school {
              chain forward {
                type filter hook forward priority 0; policy drop;
                ct state established accept
                {{accepted}}
                ip daddr {{ServerAddress}} meta l4proto udp counter comment "udp"
              }
              chain input { type filter hook input priority 0; policy drop; }
            }
            """);
    }

    /// <summary>How many UDP packets the firewall has refused.</summary>
    public long RefusedUdp()
    {
        using var json = JsonDocument.Parse(Run("ip", "netns", "exec", _firewall, "nft", "-j", "list", "chain", "inet", "school", "forward"));
        return json.RootElement.GetProperty("nftables").EnumerateArray()
            .Where(entry => entry.TryGetProperty("rule", out var rule) && rule.TryGetProperty("comment", out var comment) && comment.GetString() == "udp")
            .SelectMany(entry => entry.GetProperty("rule").GetProperty("expr").EnumerateArray())
            .Where(expression => expression.TryGetProperty("counter", out _))
            .Sum(expression => expression.GetProperty("counter").GetProperty("packets").GetInt64());
    }

    public void Dispose()
    {
        foreach (var name in new[] { Server, School, _firewall })
        {
            if (File.Exists($"/run/netns/{name}"))
                Run("ip", "netns", "del", name);
        }

        if (Directory.Exists(Path.Combine(Etc, School)))
            Directory.Delete(Path.Combine(Etc, School), recursive: true);
    }

    private static string NameOf(string part) => $"ttm-{Environment.ProcessId}-{part}";

    private void Connect(string name, string address, string link, string gateway)
    {
        Run("ip", "link", "add", "eth0", "netns", name, "type", "veth", "peer", "name", link, "netns", _firewall);
        Run("ip", "-n", name, "addr", "add", $"{address}/24", "dev", "eth0");
        Run("ip", "-n", _firewall, "addr", "add", $"{gateway}/24", "dev", link);
        Run("ip", "-n", name, "link", "set", "eth0", "up");
        Run("ip", "-n", _firewall, "link", "set", link, "up");
        Run("ip", "-n", name, "route", "add", "default", "via", gateway);
    }

    private static string Run(string program, params string[] arguments) => Run(program, arguments, "");

    private static string Run(string program, string[] arguments, string input)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        process.ExitCode.ShouldBe(0, $"{program} {string.Join(' ', arguments)}: {errors.Result}");
        return output;
    }
}
