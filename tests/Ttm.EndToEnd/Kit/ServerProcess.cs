using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text.Json;
using Ttm.Testing;

namespace Ttm.EndToEnd.Kit;

/// <summary>The real server as its own process, with ports, keys and folders of its own. Its output is kept for the test's log.</summary>
internal sealed partial class ServerProcess : IAsyncDisposable
{
    public const string ApiKey = "tests";
    public const string Secret = "a secret of at least thirty-two bytes, for tests alone";
    private const int SigTerm = 15;
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(20);

    private readonly Dictionary<string, string> _settings;
    private readonly ConcurrentQueue<string> _log = new();
    private readonly string? _namespace;
    private readonly string? _socket;
    private readonly HttpClient _http;
    private Process? _process;

    private ServerProcess(Uri url, Dictionary<string, string> settings, string? inNamespace = null, string? socket = null)
    {
        _settings = settings;
        _namespace = inNamespace;
        _socket = socket;
        Url = url;
        _http = CreateClient();
    }

    /// <summary>As a browser reaches it.</summary>
    public Uri Url { get; }

    public Tokens Tokens { get; } = new(ApiKey, Secret);

    public int ProcessId => _process!.Id;

    public string Folder { get; private init; } = "";

    public string Log => string.Join('\n', _log);

    /// <param name="settings">More configuration, by <c>Section:Key</c>.</param>
    public static async Task<ServerProcess> StartAsync(string environment = "Production", IReadOnlyDictionary<string, string>? settings = null)
    {
        var folder = Directory.CreateTempSubdirectory("ttm-end-to-end-").FullName;
        var httpPort = FreePorts.Take();
        Dictionary<string, string> all = new()
        {
            ["ASPNETCORE_ENVIRONMENT"] = environment,
            ["Http:Urls"] = $"http://127.0.0.1:{httpPort}",
            ["Media:Port"] = $"{FreePorts.Take()}",
            [$"Auth:Keys:{ApiKey}"] = Secret,
            ["Recording:Spool"] = Path.Combine(folder, "spool"),
            // A machine that runs browsers besides is always busy.
            ["Admission:Enabled"] = "false",
            ["Server:DrainTimeout"] = "00:00:00",
            ["Storage:FileSystem:Root"] = Path.Combine(folder, "recordings"),
        };
        foreach (var (key, value) in settings ?? new Dictionary<string, string>())
            all[key] = value;
        var server = new ServerProcess(new Uri($"http://127.0.0.1:{httpPort}"), all) { Folder = folder };
        await server.RunAsync();
        return server;
    }

    /// <summary>In a network namespace, where nobody but browsers in the same network reach it; the test itself calls by a Unix socket.</summary>
    public static async Task<ServerProcess> StartInAsync(string inNamespace, Uri url, IReadOnlyDictionary<string, string> settings)
    {
        var folder = Directory.CreateTempSubdirectory("ttm-end-to-end-").FullName;
        var socket = Path.Combine(folder, "api.sock");
        Dictionary<string, string> all = new(settings)
        {
            ["ASPNETCORE_ENVIRONMENT"] = "Production",
            ["Kestrel:Endpoints:Tests:Url"] = $"http://unix:{socket}",
            ["Http:RedirectToHttps"] = "false",
            [$"Auth:Keys:{ApiKey}"] = Secret,
            ["Recording:Spool"] = Path.Combine(folder, "spool"),
            ["Storage:FileSystem:Root"] = Path.Combine(folder, "recordings"),
        };
        var server = new ServerProcess(url, all, inNamespace, socket) { Folder = folder };
        await server.RunAsync();
        return server;
    }

    /// <summary>For calls that the test makes itself.</summary>
    public HttpClient CreateClient() => _socket is null
        ? new HttpClient { BaseAddress = Url }
        : new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancellation) =>
            {
                var connection = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await connection.ConnectAsync(new UnixDomainSocketEndPoint(_socket), cancellation);
                return new NetworkStream(connection, ownsSocket: true);
            },
        })
        { BaseAddress = new Uri($"http://{Url.Host}") };

    /// <summary>What the API gives for a school's administrator, without the host by which the test called.</summary>
    public async Task<string> CreateNetworkLinkAsync()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/network/links");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Tokens.Service());
        using var answer = await _http.SendAsync(request);
        using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        var link = new Uri(json.RootElement.GetProperty("url").GetString()!);
        return link.PathAndQuery + link.Fragment;
    }

    /// <summary>Starts it, or starts it again with the same ports and folders.</summary>
    public async Task RunAsync()
    {
        File.Exists(Repository.ServerDll).ShouldBeTrue($"build the server first: {Repository.ServerDll}");
        string[] command = _namespace is null ? ["dotnet", Repository.ServerDll] : ["ip", "netns", "exec", _namespace, "dotnet", Repository.ServerDll];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            WorkingDirectory = Folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (key, value) in _settings)
            start.Environment[key.Replace(":", "__")] = value;
        var process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        _process = process;
        await Until.TrueAsync(IsHealthyAsync, StartLimit, () => $"the server does not answer /healthz; its log:\n{Log}");
    }

    /// <summary>SIGTERM, as a service manager stops it.</summary>
    public async Task StopAsync()
    {
        if (_process is not { HasExited: false } process)
            return;
        _ = Signal(process.Id, SigTerm);
        using var limit = new CancellationTokenSource(StopLimit);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            Kill();
        }
    }

    /// <summary>SIGKILL: no time to say good-bye.</summary>
    public void Kill()
    {
        _process?.Kill();
        _process?.WaitForExit();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _process?.Dispose();
        _http.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    private async Task<bool> IsHealthyAsync()
    {
        _process!.HasExited.ShouldBeFalse($"the server has ended; its log:\n{Log}");
        try
        {
            using var answer = await _http.GetAsync("/healthz");
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private void Keep(string? line)
    {
        if (line is not null)
            _log.Enqueue(line);
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Signal(int process, int signal);
}
