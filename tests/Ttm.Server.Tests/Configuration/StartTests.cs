using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Ttm.Server.Tests.Configuration;

/// <summary>The real process: what keeps it from starting is one sentence on stderr and exit code 1.</summary>
public sealed class StartTests
{
    private const string Key = "--Auth:Keys:school=0123456789abcdef0123456789abcdef";
    private const string AnyPort = "--Http:Urls=http://127.0.0.1:0";

    public static TheoryData<string, string[], string[]> Mistakes => new()
    {
        { "Production", [AnyPort], ["Auth:Keys", "32"] },
        { "Production", [AnyPort, "--Auth:Keys:school=hunter2hunter2"], ["Auth:Keys:school", "32"] },
        { "Development", [AnyPort, Key, "--Media:Port=99999"], ["Media:Port", "99999", "65535"] },
        { "Production", [Key, "--Http:Urls=nonsense"], ["Http:Urls", "nonsense"] },
        { "Production", [Key, "--Http:Urls=ftp://localhost:1"], ["Http:Urls", "ftp"] },
        { "Production", [Key, AnyPort, "--Http:CorsOrigins=lms.example"], ["Http:CorsOrigins", "lms.example"] },
        { "Production", [Key, AnyPort, "--Media:PublicAddresses=media.example"], ["Media:PublicAddresses", "media.example"] },
        { "Production", [Key, AnyPort, "--Media:PublicAddresses=stun:127.0.0.1:9"], ["Media:PublicAddresses", "stun:127.0.0.1:9", "UDP"] },
        { "Production", [Key, AnyPort, "--Http:AcmeWebroot=/proc/nowhere"], ["Http:AcmeWebroot", "/proc/nowhere"] },
        { "Production", [Key, AnyPort, "--Storage:Provider=Tape"], ["Storage:Provider", "Tape"] },
        { "Production", [Key, AnyPort, "--Storage:Provider=S3"], ["Storage:S3:Bucket"] },
        { "Production", [Key, AnyPort, "--Storage:Provider=S3", "--Storage:S3:Bucket=b", "--Storage:S3:Region="], ["Storage:S3:Region"] },
        { "Production", [Key, AnyPort, "--Storage:FileSystem:Root=/proc/nowhere"], ["/proc/nowhere"] },
        { "Production", [Key, AnyPort, "--Recording:Spool=/proc/nowhere"], ["Recording:Spool", "/proc/nowhere"] },
        { "Production", [Key, AnyPort, "--Recording:Spool=/tmp/one", "--Storage:FileSystem:Root=/tmp/one/"], ["Recording:Spool", "Storage:FileSystem:Root", "/tmp/one"] },
        { "Production", [Key, AnyPort, "--Recording:Bitrate=1000"], ["Recording:Bitrate", "64000"] },
        { "Production", [Key, AnyPort, "--Recording:SampleRate=many"], ["Recording:SampleRate", "many"] },
        { "Production", [Key, AnyPort, "--Storage:Provider=S3", "--Storage:S3:Bucket=b", "--Storage:S3:ForcePathStyle=maybe"], ["Storage:S3:ForcePathStyle", "maybe"] },
        { "Production", [Key, AnyPort, "--Admission:MaxCpu=2"], ["Admission:MaxCpu", "2"] },
        { "Production", [Key, AnyPort, "--Admission:MaxLoopLag=soon"], ["Admission:MaxLoopLag", "soon"] },
        { "Production", [Key, AnyPort, "--Server:DrainTimeout=600"], ["Server:DrainTimeout", "600"] },
        { "Production", [Key, AnyPort, "--Turn:Realm="], ["Turn:Realm"] },
        { "Production", [Key, AnyPort, "--Turn:Secret=hunter2"], ["Turn:Secret", "16"] },
        { "Production", [Key, AnyPort, "--Turn:Enabled=maybe"], ["Turn:Enabled", "maybe"] },
        { "Production", [Key, AnyPort, "--Turn:AllowedPeers=everybody"], ["Turn:AllowedPeers", "everybody"] },
        { "Production", [Key, AnyPort, "--Turn:RelayPorts=9-1"], ["Turn:RelayPorts", "9-1"] },
        { "Production", [Key, AnyPort, "--Turn:Enabled=false", "--Turn:Users:anna=hunter2hunter2"], ["Turn:Users", "Turn:Enabled"] },
        { "Production", [Key, AnyPort, "--Storage:S3:Bucket=lessons"], ["Storage:S3:Bucket", "lessons", "Storage:Provider=S3"] },
        { "Production", [Key, AnyPort, "--Medai:Port=1234"], ["Medai:Port", "1234", "did you mean Media:Port?"] },
        { "Production", [Key, AnyPort, "--Media:Bitrate=64000"], ["Media:Bitrate", "64000", "did you mean Recording:Bitrate?"] },
        { "Production", [Key, AnyPort, "--colour:of:the:sky=blue"], ["colour:of:the:sky", "docs/configuration.md"] },
        { "Production", [AnyPort, "--Auth:Kyes:school=hunter2hunter2hunter2hunter2hunter2"], ["Auth:Kyes:school", "did you mean Auth:Keys:{name}?"] },
        { "Production", [Key, AnyPort, "--Webhooks:Sekret=hunter2hunter2"], ["Webhooks:Sekret", "did you mean Webhooks:Secret?"] },
        { "Production", [Key, AnyPort, "--Storage:S3:Provider:Name=S3"], ["Storage:S3:Provider:Name"] },
        { "Production", [Key, AnyPort, "--Storage:S3:RequestTimeout=soon"], ["Storage:S3:RequestTimeout", "soon", "00:15:00"] },
        { "Production", [Key, AnyPort, "--Recording:Workers=1.5"], ["Recording:Workers", "1.5", "whole number"] },
        { "Production", [Key, AnyPort, "--config=/nowhere/at/all.json"], ["--config", "/nowhere/at/all.json"] },
        { "Production", [Key, "--Http:Urls=https://127.0.0.1:0"], ["certificate"] },
        { "Production", [Key, AnyPort, "--Kestrel:Certificates:Default:Path=/nowhere.pem", "--Kestrel:Endpoints:A:Url=https://127.0.0.1:0"], ["/nowhere.pem"] },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public async Task Start_WithAMistake_SaysItInOneSentence(string environment, string[] args, string[] words)
    {
        var (code, output, errors) = await RunAsync(environment, args);

        code.ShouldBe(1);
        errors.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(1, errors);
        foreach (var word in words)
            errors.ShouldContain(word);
        (output + errors).ShouldNotContain("   at ");
        (output + errors).ShouldNotContain("hunter2");
    }

    [Fact]
    public async Task Start_OnAPortInUse_SaysSo()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;

        var (code, _, errors) = await RunAsync("Production", [Key, $"--Http:Urls=http://127.0.0.1:{port}"]);

        code.ShouldBe(1);
        errors.ShouldContain($"{port}");
        errors.ShouldContain("Http:Urls");
        errors.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(1, errors);
    }

    [Fact]
    public async Task Start_OnAMediaPortInUse_SaysSo()
    {
        using var socket = new UdpClient(new IPEndPoint(IPAddress.IPv6Any, 0));
        var port = ((IPEndPoint)socket.Client.LocalEndPoint!).Port;

        var (code, output, errors) = await RunAsync("Production", [Key, AnyPort, $"--Media:Port={port}"]);

        code.ShouldBe(1);
        errors.ShouldContain($"Media:Port is \"{port}\"");
        (output + errors).ShouldNotContain("   at ");
        errors.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(1, errors);
    }

    private static async Task<(int Code, string Output, string Errors)> RunAsync(string environment, string[] args)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "ttm-server.dll"));
        var spool = Directory.CreateTempSubdirectory("ttm-start-").FullName;
        foreach (var arg in args.Prepend($"--Recording:Spool={spool}").Prepend($"--Storage:FileSystem:Root={spool}/store").Prepend("--Media:Port=0"))
            start.ArgumentList.Add(arg);
        start.Environment["ASPNETCORE_ENVIRONMENT"] = environment;
        start.Environment.Remove("ASPNETCORE_URLS");
        start.Environment.Remove("ASPNETCORE_CONTENTROOT");
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        try
        {
            await process.WaitForExitAsync(timeout.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw new TimeoutException("The server started in spite of the mistake: " + await output);
        }
        finally
        {
            Directory.Delete(spool, recursive: true);
        }

        return (process.ExitCode, await output, await errors);
    }
}
