using System.Diagnostics;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Ttm.Net.Tcp;
using Ttm.Rtc;
using Ttm.Rtc.Stun;
using Ttm.Testing.Facts;
using Xunit.Abstractions;

namespace Ttm.Turn.Tests;

/// <summary>The whole server on 127.0.0.1, with coturn's tools as clients and peer.</summary>
public sealed class TurnShellTests : IDisposable
{
    private const string Secret = "a secret of some length";
    private readonly ITestOutputHelper _log;
    private readonly List<Exception> _faults = [];
    private readonly TurnShell _shell;

    public TurnShellTests(ITestOutputHelper log)
    {
        _log = log;
        var options = new TurnOptions
        {
            Secret = Secret,
            AllowedPeers = ["127.0.0.0/8", "::1"],
            Users = new Dictionary<string, string> { ["teacher"] = "sesame" },
        };
        options.Validate().ShouldBeEmpty();
        var credentials = new TurnCredentials(options, Net.SystemRandomness.Instance);
        _shell = new TurnShell(
            options, credentials, null, 0, [IPAddress.Loopback, IPAddress.IPv6Loopback], TimeProvider.System, fault => _faults.Add(fault));
        _shell.Start();
    }

    public void Dispose()
    {
        _shell.Dispose();
        _faults.ShouldBeEmpty();
    }

    [CoturnFact]
    public async Task StunClient_OfCoturn_LearnsItsAddress()
    {
        string output = await RunAsync("turnutils_stunclient", $"-p {_shell.Port} 127.0.0.1");
        output.ShouldContain("reflexive addr: 127.0.0.1:");
    }

    /// <summary>One after the other they would wait most of the time.</summary>
    [CoturnFact]
    public async Task UClient_OfCoturn_GetsEveryPacketBackByEachWay()
    {
        using var listener = new TcpEntrance(_shell);
        string[] ways =
        [
            "-u teacher -w sesame",
            "-u teacher -w sesame -s",
            "-u teacher -w sesame -g -D -G",
            "-u teacher -w sesame -c -x",
            "-u teacher -w sesame -y",
            $"-u s-17 -W \"{Secret}\"",
            "-u teacher -w sesame -t",
            $"-u s-17 -W \"{Secret}\" -t -s",
        ];
        await Task.WhenAll(ways.Select(way => GetsEveryPacketBackAsync(way, way.Contains("-t ", StringComparison.Ordinal)
            || way.EndsWith("-t", StringComparison.Ordinal) ? listener.Port : _shell.Port)));

        var metrics = _shell.Server.Metrics;
        metrics[TurnTransport.Udp].AllocationsMade.ShouldBeGreaterThanOrEqualTo(12);
        metrics[TurnTransport.Tcp].AllocationsMade.ShouldBeGreaterThanOrEqualTo(4);
        metrics[TurnTransport.Udp].PacketsFromClients.ShouldBeGreaterThanOrEqualTo(120);
        metrics[TurnTransport.Tcp].PacketsToClients.ShouldBeGreaterThanOrEqualTo(40);
        metrics.InProcessPackets.ShouldBe(0);
    }

    [CoturnFact]
    public async Task UClient_WithTheWrongPassword_GetsNothing()
    {
        string output = await RunAsync("turnutils_uclient", $"-u teacher -w wrong -p {_shell.Port} -e 127.0.0.1 -r 9 -n 1 127.0.0.1");
        output.ShouldNotContain("Total lost packets 0");
        _shell.Server.Metrics.AuthenticationFailures.ShouldBeGreaterThan(0);
        _shell.Server.Metrics[TurnTransport.Udp].AllocationsMade.ShouldBe(0);
    }

    [Fact]
    public async Task Receive_BindingByBothFamilies_IsAnswered()
    {
        foreach (var address in new[] { IPAddress.Loopback, IPAddress.IPv6Loopback })
        {
            using var client = new UdpClient(address.AddressFamily);
            client.Connect(address, _shell.Port);
            byte[] request = new byte[20];
            _ = new StunWriter(request, StunMethod.Binding, StunClass.Request, new byte[12]);
            await client.SendAsync(request);
            using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(10));
            byte[] answer = (await client.ReceiveAsync(timeout.Token)).Buffer;
            MappedBy(answer).ShouldBe(TransportAddress.From((IPEndPoint)client.Client.LocalEndPoint!));
        }
    }

    private async Task GetsEveryPacketBackAsync(string way, int port)
    {
        bool isIPv6 = way.Contains("-x", StringComparison.Ordinal);
        string loopback = isIPv6 ? "::1" : "127.0.0.1";
        int peerPort = FreePort(isIPv6);
        using var peer = StartPeer(loopback, peerPort);
        string target = way.Contains("-y", StringComparison.Ordinal) ? "" : $"-e {loopback} -r {peerPort}";
        string output = await RunAsync("turnutils_uclient", $"{way} -p {port} {target} -n 10 -m 2 -l 170 -z 5 127.0.0.1");
        peer.Kill();
        output.ShouldContain("Total lost packets 0 ", customMessage: way);
        output.ShouldMatch("tot_recv_msgs=[24]0", way);
    }

    private static TransportAddress MappedBy(byte[] answer)
    {
        StunMessage.TryParse(answer, out var message).ShouldBeTrue();
        message.TryGetXorAddress(StunAttribute.XorMappedAddress, out var address).ShouldBeTrue();
        return address;
    }

    private static Process StartPeer(string address, int port) => Start("turnutils_peer", $"-L {address} -p {port}");

    private static Process Start(string program, string arguments) =>
        Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;

    private static int FreePort(bool isIPv6)
    {
        using var socket = new UdpClient(0, isIPv6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork);
        return ((IPEndPoint)socket.Client.LocalEndPoint!).Port;
    }

    private async Task<string> RunAsync(string program, string arguments)
    {
        using var process = Start(program, arguments);
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(40));
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(timeout.Token);
            var errors = process.StandardError.ReadToEndAsync(timeout.Token);
            string text = await output + await errors;
            await process.WaitForExitAsync(timeout.Token);
            _log.WriteLine(text);
            return text;
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            return "timed out";
        }
    }

    /// <summary>A plain TCP port before the shell: what the server's connection handler will be.</summary>
    private sealed class TcpEntrance : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly TurnShell _shell;
        private readonly List<Task> _connections = [];
        private readonly Task _accepting;

        public TcpEntrance(TurnShell shell)
        {
            _shell = shell;
            _listener.Start();
            _accepting = AcceptAsync();
        }

        public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

        public void Dispose()
        {
            _listener.Stop();
            _accepting.Wait(TimeSpan.FromSeconds(10)).ShouldBeTrue();
            Task.WaitAll([.. _connections], TimeSpan.FromSeconds(10)).ShouldBeTrue();
            _shell.Loop.InvokeAsync(_ => _shell.Flows.Count + _shell.Server.Metrics[TurnTransport.Tcp].Allocations).Result.ShouldBe(0);
        }

        private async Task AcceptAsync()
        {
            try
            {
                for (uint number = 1; ; number++)
                    _connections.Add(ServeAsync(await _listener.AcceptTcpClientAsync(), number));
            }
            catch (Exception error) when (error is SocketException or ObjectDisposedException)
            {
                // Stopped.
            }
        }

        private async Task ServeAsync(TcpClient client, uint number)
        {
            using (client)
            {
                await using var stream = client.GetStream();
                var pipe = new DuplexPipe(PipeReader.Create(stream), PipeWriter.Create(stream));
                var remote = TransportAddress.From((IPEndPoint)client.Client.RemoteEndPoint!);
                var flow = new TcpFlow(FlowNumber.Of(number, isTls: false), remote, StreamFraming.Turn);
                await new StreamPump(_shell.Loop, flow, _shell, TimeProvider.System).RunAsync(pipe, CancellationToken.None);
            }
        }

        private sealed record DuplexPipe(PipeReader Input, PipeWriter Output) : IDuplexPipe;
    }
}
