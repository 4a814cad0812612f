using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Ttm.Net;
using Ttm.Rtc;
using Ttm.Turn;

namespace Ttm.Bench.Turn;

/// <summary>
/// The TURN servers that are compared, each as a process of its own: ours with the in-process relay, ours with relay sockets, and coturn.
/// Ours are this program again, as <c>turn-node</c>.
/// </summary>
internal sealed class TurnNodes : IDisposable
{
    public const string User = "bench";
    public const string Password = "sesame";
    public const string Realm = "bench";

    private readonly Process _process;
    private readonly string? _directory;

    private TurnNodes(Process process, int port, string? directory = null)
    {
        _process = process;
        _directory = directory;
        Server = TransportAddress.From(IPAddress.Loopback, port);
    }

    public TransportAddress Server { get; }

    public int ProcessId => _process.Id;

    /// <param name="kind">in-process or sockets.</param>
    public static TurnNodes StartOwn(string kind)
    {
        var process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, ["turn-node", kind]) { RedirectStandardOutput = true, RedirectStandardInput = true })!;
        return new TurnNodes(process, int.Parse(process.StandardOutput.ReadLine()!));
    }

    /// <summary>With its usual number of threads, and no logging.</summary>
    public static async Task<TurnNodes> StartCoturnAsync()
    {
        string directory = Directory.CreateTempSubdirectory("ttm-bench-").FullName;
        int port;
        using (var socket = new UdpClient(0, AddressFamily.InterNetwork))
            port = ((IPEndPoint)socket.Client.LocalEndPoint!).Port;
        string[] arguments =
        [
            "-n", "--no-tls", "--no-dtls", "--no-tcp", "--no-cli", "--no-stdout-log", "-l", "/dev/null", "--userdb", $"{directory}/turndb", "--pidfile", $"{directory}/pid",
            "-L", "127.0.0.1", "-E", "127.0.0.1", "-p", $"{port}", "-a", "-u", $"{User}:{Password}", "-r", Realm, "--allow-loopback-peers",
        ];
        var process = Process.Start(new ProcessStartInfo("turnserver", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        await Task.Delay(1000);
        return new TurnNodes(process, port, directory);
    }

    /// <summary>The other end of <see cref="StartOwn"/>: serves until its input ends.</summary>
    public static async Task RunNodeAsync(string kind)
    {
        var options = new TurnOptions
        {
            Realm = Realm,
            Users = new Dictionary<string, string> { [User] = Password },
            AllowedPeers = kind == "sockets" ? ["127.0.0.0/8"] : [],
            MaxAllocationsPerUser = 100_000,
            MaxBitsPerSecond = 0,
            UnauthenticatedRequestsPerSecond = 1_000_000,
        };
        var credentials = new TurnCredentials(options, SystemRandomness.Instance);
        if (kind == "sockets")
        {
            using var shell = new TurnShell(options, credentials, IPAddress.Loopback, 0, [IPAddress.Loopback], TimeProvider.System, Console.Error.WriteLine);
            shell.Start();
            await ServeAsync(shell.Port);
        }
        else
        {
            using var node = new EchoingMedia(options, credentials);
            await ServeAsync(node.Port);
        }
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        if (_directory is not null)
            Directory.Delete(_directory, recursive: true);
    }

    private static async Task ServeAsync(int port)
    {
        Console.WriteLine(port);
        await Console.In.ReadToEndAsync();
    }

    /// <summary>A media port that answers every datagram with itself: what is measured is the relay alone.</summary>
    private sealed class EchoingMedia : IDatagramHandler, ITurnOutput, IDisposable
    {
        private readonly IDatagramSocket _socket = MediaSocket.Open(IPAddress.Loopback, 0);
        private readonly UdpLoop _loop;
        private readonly TurnServer _server;

        public EchoingMedia(TurnOptions options, TurnCredentials credentials)
        {
            var clock = new MediaClock(TimeProvider.System);
            var host = new TurnHost { PublicAddresses = [IPAddress.Loopback], MediaPort = _socket.Port, Epoch = clock.ToWallTime(new Instant(0)) };
            _server = new TurnServer(options, credentials, host, this, null, SystemRandomness.Instance);
            _loop = new UdpLoop(_socket, clock, this, Console.Error.WriteLine);
            _loop.Start();
        }

        public ushort Port => _socket.Port;

        public Instant NextTick => _server.NextTick;

        public void OnDatagram(Span<byte> datagram, in TransportAddress from, Instant now) => _server.Receive(datagram, from, now);

        public void OnTick(Instant now) => _server.Tick(now);

        public void SendToClient(ReadOnlySpan<byte> datagram, in TransportAddress client)
        {
            datagram.CopyTo(_socket.GetSendBuffer());
            _socket.Send(datagram.Length, client);
        }

        public void DeliverToMedia(Span<byte> payload, in TransportAddress virtualPeer, Instant now) => _server.SendToRelayed(virtualPeer, payload, now);

        public void Dispose() => _loop.Dispose();
    }
}
