using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Ttm.Testing;

namespace Ttm.Server.Tests.Crash;

/// <summary>The server as a process of its own, that can be killed and started again at the same ports and in the same directory.</summary>
internal sealed class ServerUnderTest : IDisposable
{
    public const string ApiKey = "school";
    public const string Secret = "0123456789abcdef0123456789abcdef";

    private readonly string[] _settings;
    private readonly StringBuilder _output = new();
    private Process? _process;

    public ServerUnderTest(string directory, params string[] settings)
    {
        Url = $"http://127.0.0.1:{FreePort(SocketType.Stream, ProtocolType.Tcp)}";
        _settings =
        [
            $"--Http:Urls={Url}", $"--Auth:Keys:{ApiKey}={Secret}", $"--Media:Port={FreeMediaPort()}", "--Media:PublicAddresses=127.0.0.1",
            "--Admission:Enabled=false", "--Server:DrainTimeout=00:00:00", $"--Recording:Spool={directory}/spool", $"--Storage:FileSystem:Root={directory}/recordings", .. settings,
        ];
        Client = new HttpClient { BaseAddress = new Uri(Url), Timeout = TimeSpan.FromSeconds(20) };
    }

    public string Url { get; }

    public HttpClient Client { get; }

    /// <summary>More variables of the process.</summary>
    public Dictionary<string, string> Environment { get; } = [];

    /// <summary>Counts the starts: who connected to an earlier process must connect again.</summary>
    public int Generation { get; private set; }

    public string Output
    {
        get
        {
            lock (_output)
                return _output.ToString();
        }
    }

    /// <summary>Ends when it takes lessons.</summary>
    public async Task StartAsync()
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "ttm-server.dll"), .. _settings]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Production";
        start.Environment["DOTNET_TieredPGO"] = "0";
        foreach (var (name, value) in Environment)
            start.Environment[name] = value;
        _process?.Dispose();
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        await Until.TrueAsync(
            () =>
            {
                _process.HasExited.ShouldBeFalse(Output);
                return IsReadyAsync();
            },
            TimeSpan.FromMinutes(1),
            () => Output,
            TimeSpan.FromMilliseconds(20));
        Generation++;
    }

    /// <summary>SIGKILL.</summary>
    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>SIGTERM, and the exit code.</summary>
    public async Task<int> StopAsync()
    {
        await TermAsync();
        return await WaitForExitAsync();
    }

    public async Task TermAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", $"{_process!.Id}"]);
        await kill.WaitForExitAsync();
    }

    /// <summary>The exit code.</summary>
    public async Task<int> WaitForExitAsync()
    {
        await _process!.WaitForExitAsync();
        return _process.ExitCode;
    }

    public async Task<HttpResponseMessage> SendAsync(string method, string path, string token, string? body = null, string type = "application/json")
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue(type));
        return await Client.SendAsync(request);
    }

    public void Dispose()
    {
        if (_process is { HasExited: false })
            _process.Kill();
        _process?.Dispose();
        Client.Dispose();
    }

    private static int FreePort(SocketType type, ProtocolType protocol)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, type, protocol);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    // The media port is one of UDP and one of TCP.
    private static int FreeMediaPort()
    {
        while (true)
        {
            var port = FreePort(SocketType.Dgram, ProtocolType.Udp);
            try
            {
                using var twin = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp) { DualMode = true };
                twin.Bind(new IPEndPoint(IPAddress.IPv6Any, port));
                return port;
            }
            catch (SocketException)
            {
                // Somebody else's connection; another one.
            }
        }
    }

    private async Task<bool> IsReadyAsync()
    {
        try
        {
            using var answer = await Client.GetAsync("/readyz");
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private void Keep(string? line)
    {
        lock (_output)
            _output.AppendLine(line);
    }
}
