using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Ttm.Server.Tests.Kit;

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

    /// <summary>Twenty packets through 127.0.0.1 to an echo server, by <paramref name="way"/>, all of which come back.</summary>
    /// <param name="way">Options of turnutils_uclient: credentials, transport, port.</param>
    public static async Task GetsEveryPacketBackAsync(string way)
    {
        using var peer = StartPeer(out var peerPort);
        var output = await RunAsync("turnutils_uclient", $"{way} -e 127.0.0.1 -r {peerPort} -n 10 -m 2 -l 170 -z 40 127.0.0.1");
        peer.Kill();

        // The tool takes a TLS record for one message, and of several that went out together it counts the first: the server has the true count.
        if (way.Contains("-S", StringComparison.Ordinal))
            output.ShouldMatch("tot_recv_msgs=[1-9]", way);
        else
            output.ShouldContain("Total lost packets 0 ", customMessage: way);
    }

    /// <summary>In Prometheus' text: at least twenty packets to clients by TLS.</summary>
    public static void ShouldHaveRelayedByTls(string metrics) =>
        metrics.ShouldMatch("ttm_turn_packets_total{(?=[^}]*direction=\"to_client\")(?=[^}]*transport=\"tls\")[^}]*} [2-9][0-9]");

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
