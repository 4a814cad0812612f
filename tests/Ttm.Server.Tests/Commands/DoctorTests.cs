using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Ttm.Server.Tests.Kit;
using Ttm.Server.Tests.Webhooks;
using Ttm.Sfu.Media;
using Ttm.Testing.Tls;

namespace Ttm.Server.Tests.Commands;

/// <summary>The doctor as a process, for whom to trust is a matter of the process.</summary>
public sealed class DoctorTests : IDisposable
{
    private const string HookSecret = "a secret that is no base64!";
    private readonly string _directory = Directory.CreateTempSubdirectory("ttm-doctor-").FullName;
    private readonly PrivateAuthority _authority = new();

    [Fact]
    public async Task Doctor_WhereAllIsWell_SaysOkToEverything()
    {
        await using var receiver = new HookReceiver(System.Text.Encoding.UTF8.GetBytes(HookSecret));
        await receiver.StartAsync();
        await using var stun = await TestServer.StartWholeAsync();
        var (code, lines) = await RunAsync(
            [.. Settings(), "--Http:Domain=localhost", .. _authority.Settings, $"--Webhooks:Urls={receiver.Url}", $"--stun=127.0.0.1:{stun.Get<MediaPort>().Port}"]);

        lines.ShouldAllBe(line => line.StartsWith("ok    "), string.Join('\n', lines));
        code.ShouldBe(0);
        foreach (var subject in new[] { "native libraries", "configuration", "port ", "reach localhost:", "reach 127.0.0.1:", "certificate", "spool", "object store", "webhook", "clock: agrees with", "name", "public address: 127.0.0.1" })
            lines.ShouldContain(line => line.StartsWith("ok    " + subject), string.Join('\n', lines));
        receiver.BadSignatures.ShouldBe(0);
        receiver.Types.ShouldBe(["doctor.ping"]);
    }

    [Fact]
    public async Task Doctor_BesideTheRunningServer_FindsItsPortsInUseByIt()
    {
        await using var server = await TestServer.StartWholeAsync("--Media:PublicAddresses=127.0.0.1");
        var port = server.Get<MediaPort>().Port;
        var (_, lines) = await RunAsync(["--Media:PublicAddresses=127.0.0.1", $"--Http:Urls={server.Client.BaseAddress}", $"--Media:Port={port}", "--stun", "none"]);

        lines.ShouldContain($"ok    port {port}/udp: held by the running server");
        lines.ShouldContain($"ok    reach 127.0.0.1:{port}/udp: arrives, sent from this machine");
        lines.ShouldContain($"ok    reach 127.0.0.1:{port}/tcp: connects, from this machine");
    }

    [Fact]
    public async Task Doctor_WhereMuchIsWrong_SaysTheMendOfEach()
    {
        await using var receiver = new HookReceiver([]) { Answer = 500 };
        await receiver.StartAsync();
        await using var stun = await TestServer.StartWholeAsync();
        using var taken = new UdpClient(new IPEndPoint(IPAddress.IPv6Any, 0));
        var port = ((IPEndPoint)taken.Client.LocalEndPoint!).Port;
        var (code, lines) = await RunAsync(
        [
            .. Settings(), $"--Media:Port={port}", "--Http:Domain=lessons.invalid", "--Media:PublicAddresses=127.0.0.2", .. _authority.Settings, "--Recording:Spool=/proc/nowhere",
            "--Storage:FileSystem:Root=/proc/elsewhere", $"--Webhooks:Urls={receiver.Url}", $"--stun=127.0.0.1:{stun.Get<MediaPort>().Port}",
        ]);

        code.ShouldBe(1);
        foreach (var (subject, mend) in new[]
                 {
                     ($"port {port}/udp", "another program has it"), ("certificate", "not for lessons.invalid"), ("spool", "Recording:Spool"), ("object store", "/proc/elsewhere"),
                     ("webhook", "answers 500"), ("name", "leads nowhere"), ("public address", "set Media:PublicAddresses=127.0.0.1"),
                 })
        {
            lines.Where(line => line.StartsWith("mend  " + subject)).ShouldHaveSingleItem(string.Join('\n', lines)).ShouldContain(mend);
        }

        string.Join('\n', lines).ShouldNotContain(HookSecret);
    }

    [Fact]
    public async Task Doctor_OfABrokenConfiguration_SaysSo()
    {
        var (code, lines) = await RunAsync(["--Medai:Port=1"]);
        code.ShouldBe(1);
        lines[^1].ShouldStartWith("mend  configuration: Medai:Port");
    }

    public void Dispose()
    {
        _authority.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private static int FreePort()
    {
        using var socket = new TcpListener(IPAddress.Loopback, 0);
        socket.Start();
        return ((IPEndPoint)socket.LocalEndpoint).Port;
    }

    private string[] Settings() =>
    [
        $"--Kestrel:Endpoints:Https:Url=https://*:{FreePort()}", $"--Media:Port={FreePort()}", "--Media:PublicAddresses=127.0.0.1", $"--Recording:Spool={_directory}/spool",
        $"--Storage:FileSystem:Root={_directory}/store", $"--Webhooks:Secret={HookSecret}",
    ];

    private async Task<(int Code, List<string> Lines)> RunAsync(string[] args)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = _directory };
        foreach (var arg in new[] { Path.Combine(AppContext.BaseDirectory, "ttm-server.dll"), "doctor", $"--Auth:Keys:{TestServer.ApiKey}={TestServer.Secret}" }.Concat(args))
            start.ArgumentList.Add(arg);
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Production";
        start.Environment["SSL_CERT_FILE"] = _authority.AuthorityPath;
        start.Environment.Remove("ASPNETCORE_URLS");
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        (await errors).ShouldBeEmpty();
        return (process.ExitCode, [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries)]);
    }
}
