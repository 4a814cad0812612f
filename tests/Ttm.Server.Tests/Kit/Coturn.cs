using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Ttm.Server.Tests.Kit;

/// <summary>A fact that takes Debian's package coturn.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class CoturnFactAttribute : FactAttribute
{
    public CoturnFactAttribute()
    {
        if (!File.Exists("/usr/bin/turnutils_uclient"))
            Skip = "needs the package coturn";
    }
}

/// <summary>coturn's tools as foreign clients.</summary>
internal static class Coturn
{
    public static async Task<string> RunAsync(string program, string arguments)
    {
        using var process = Start(program, arguments);
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(timeout.Token);
            var errors = process.StandardError.ReadToEndAsync(timeout.Token);
            var text = await output + await errors;
            await process.WaitForExitAsync(timeout.Token);
            return text;
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            return $"{program} {arguments} timed out";
        }
    }

    /// <summary>An echo server on a free port of 127.0.0.1.</summary>
    public static Process StartPeer(out int port)
    {
        using (var socket = new UdpClient(0, AddressFamily.InterNetwork))
            port = ((IPEndPoint)socket.Client.LocalEndPoint!).Port;
        return Start("turnutils_peer", $"-L 127.0.0.1 -p {port}");
    }

    private static Process Start(string program, string arguments) =>
        Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
}
