using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using Ttm.Testing;
using Ttm.Testing.Facts;

namespace Ttm.Server.Tests.Systemd;

/// <summary>The real process, under what it takes for systemd.</summary>
public sealed class ServiceTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("ttm-systemd-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [LinuxFact]
    public async Task Service_TellsItsStates_LogsWithPriorities_AndReloads()
    {
        using var notices = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        var path = Path.Combine(_directory, "notify");
        notices.Bind(new UnixDomainSocketEndPoint(path));
        notices.ReceiveTimeout = 60_000;
        var settings = Path.Combine(_directory, "appsettings.json");
        WriteKeys(settings, "first");

        using var process = Start(path, out var log);
        var states = new List<string>();
        while (!states.Contains("READY=1") || states.Count(state => state == "WATCHDOG=1") < 3)
            states.AddRange(Receive(notices));

        // A reload, and with it a second key.
        WriteKeys(settings, "first", "second");
        Signal(process, "HUP");
        await Until.TrueAsync(() => log.Any(line => line.Contains("first, second", StringComparison.Ordinal)), message: () => string.Join('\n', log));
        log.ShouldNotContain(line => line.Contains("DataProtection-Keys", StringComparison.Ordinal), "nothing is written to the home directory");
        log.ShouldContain(line => line.StartsWith("<6>", StringComparison.Ordinal), "journald's priority of information");
        WriteKeys(settings);
        Signal(process, "HUP");
        await Until.TrueAsync(() => log.Any(line => line.StartsWith("<3>", StringComparison.Ordinal) && line.Contains("Auth:Keys", StringComparison.Ordinal)), message: () => string.Join('\n', log));

        Signal(process, "TERM");
        while (!states.Contains("STOPPING=1"))
            states.AddRange(Receive(notices));
        await process.WaitForExitAsync();
        process.ExitCode.ShouldBe(0);
    }

    private static string[] Receive(Socket socket)
    {
        var buffer = new byte[4096];
        return Encoding.UTF8.GetString(buffer, 0, socket.Receive(buffer)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private static void Signal(Process process, string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", $"{process.Id}"]);
        kill.WaitForExit();
    }

    private static void WriteKeys(string path, params string[] keys) =>
        File.WriteAllText(path, $$"""{ "Auth": { "Keys": { {{string.Join(", ", keys.Select(key => $"\"{key}\": \"a secret of thirty-two bytes at least\""))}} } } }""");

    private Process Start(string notify, out ConcurrentQueue<string> log)
    {
        string[] arguments =
        [
            "--Http:Urls=http://127.0.0.1:0", "--Media:Port=0", $"--Recording:Spool={_directory}/spool", $"--Storage:FileSystem:Root={_directory}/recordings",
            "--hostBuilder:reloadConfigOnChange=false",
        ];
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "ttm-server.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Production";
        start.Environment["ASPNETCORE_CONTENTROOT"] = _directory;
        start.Environment["NOTIFY_SOCKET"] = notify;
        start.Environment["WATCHDOG_USEC"] = "400000";
        var lines = log = new ConcurrentQueue<string>();
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, line) => lines.Enqueue(line.Data ?? "");
        process.ErrorDataReceived += (_, line) => lines.Enqueue(line.Data ?? "");
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }
}
