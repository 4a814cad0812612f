using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Ttm.Testing.Storage;

/// <summary>
/// A real S3 server (Ceph's radosgw, by eng/s3.sh) on free loopback ports, with data of its own in memory. It is gone when disposed of, and
/// also when this process is killed.
/// </summary>
public sealed class S3Server : IAsyncDisposable
{
    private readonly string _directory = Path.Combine(Path.GetTempPath(), $"ttm-s3-{Path.GetRandomFileName()}");
    private readonly int _port;
    private readonly int _monitorPort;

    private S3Server(int port, int monitorPort)
    {
        _port = port;
        _monitorPort = monitorPort;
    }

    public static string AccessKey => "testaccess";

    public static string SecretKey => "testsecret-0123456789";

    /// <summary>Id of a KMS key that the server knows.</summary>
    public static string KmsKeyId => "k1";

    public string Url => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_port}");

    public int Port => _port;

    /// <summary>radosgw exists for Linux alone.</summary>
    public static bool IsSupported => OperatingSystem.IsLinux();

    public static async Task<S3Server> LaunchAsync()
    {
        // A port found free may be taken by somebody else a moment later; then the next pair is tried.
        for (var attempt = 1; ; attempt++)
        {
            var ports = FreePorts(2);
            var server = new S3Server(ports[0], ports[1]);
            try
            {
                await server.StartAsync();
                return server;
            }
            catch (InvalidOperationException exception) when (attempt < 3 && exception.Message.Contains("is taken", StringComparison.Ordinal))
            {
            }
        }
    }

    public Task StartAsync() => RunAsync("start");

    /// <summary>Stops the server; a later start finds the objects again.</summary>
    public Task StopAsync() => RunAsync("stop");

    /// <summary>Another user, who may do nothing to the buckets of the first until their policies say so.</summary>
    public Task AddUserAsync(string name, string accessKey, string secretKey) => RunAsync("user", name, accessKey, secretKey);

    public async ValueTask DisposeAsync() => await RunAsync("wipe");

    private static int[] FreePorts(int count)
    {
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToArray();
        foreach (var listener in listeners)
            listener.Start();
        var ports = listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port).ToArray();
        foreach (var listener in listeners)
            listener.Dispose();
        return ports;
    }

    private static string Script()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            var script = Path.Combine(directory.FullName, "eng", "s3.sh");
            if (File.Exists(script))
                return script;
        }

        throw new InvalidOperationException("eng/s3.sh was not found above the test assembly.");
    }

    private async Task RunAsync(string verb, params string[] arguments)
    {
        // Its output goes to a file: the daemons would keep a pipe open.
        var log = _directory + ".log";
        var start = new ProcessStartInfo("bash", ["-c", "log=$1; shift; exec \"$0\" \"$@\" >\"$log\" 2>&1 </dev/null", Script(), log, verb, .. arguments])
        {
            Environment =
            {
                ["S3_DIR"] = _directory,
                ["S3_PORT"] = _port.ToString(CultureInfo.InvariantCulture),
                ["S3_MON_PORT"] = _monitorPort.ToString(CultureInfo.InvariantCulture),
                ["S3_AK"] = AccessKey,
                ["S3_SK"] = SecretKey,
                ["S3_OWNER"] = Environment.ProcessId.ToString(CultureInfo.InvariantCulture),
            },
        };
        using var process = Process.Start(start)!;
        await process.WaitForExitAsync();
        var output = await File.ReadAllTextAsync(log);
        File.Delete(log);
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"eng/s3.sh {verb} failed: {output}");
    }
}
