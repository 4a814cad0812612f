using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Options;
using Ttm.Server.Configuration;
using Ttm.Sfu.Media;

namespace Ttm.Server.Turn;

/// <summary>
/// TCP beside the media port, by Kestrel's transport: TURN/TCP and ICE-TCP. Where HTTP has that port already, the entrance there tells them
/// apart. When all ports are open it announces them.
/// </summary>
internal sealed partial class MediaTcpListener(
    IEntrancePort port, MediaOptions options, StreamEntrance entrance, EntrancePorts ports, IServer server, ILoggerFactory loggers)
    : IHostedLifecycleService, IAsyncDisposable
{
    private readonly ILogger _logger = loggers.CreateLogger<MediaTcpListener>();
    private readonly ConcurrentDictionary<ConnectionContext, Task> _connections = new();
    private IConnectionListener? _listener;
    private Task _accepting = Task.CompletedTask;

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>After HTTP, for only then its ports are known.</summary>
    public async Task StartedAsync(CancellationToken cancellationToken)
    {
        var http = Addresses().ToList();
        if (http.Any(address => address.Port == port.Port) || await TryListenAsync(cancellationToken))
            ports.Tcp = port.Port;
        ports.Tls = http.Where(IsHttps).Select(address => address.Port).FirstOrDefault();
        port.AnnounceTcp([.. http.Where(IsHttps).Select(address => address.Port).Prepend(ports.Tcp).Where(one => one != 0).Distinct().Select(one => (ushort)one)]);
    }

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        await port.DrainAsync(cancellationToken);
        if (_listener is not null)
            await _listener.UnbindAsync(cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>After the lessons have ended, and have said so to whom they carried.</summary>
    public async Task StoppedAsync(CancellationToken cancellationToken)
    {
        foreach (var connection in _connections.Keys)
            connection.Abort();
        await _accepting;
        await Task.WhenAll(_connections.Values);
        await port.LeaveAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_listener is not null)
            await _listener.DisposeAsync();
    }

    private static bool IsHttps(BindingAddress address) => address.Scheme.Equals(Uri.UriSchemeHttps, StringComparison.OrdinalIgnoreCase);

    private IEnumerable<BindingAddress> Addresses() =>
        (server.Features.Get<IServerAddressesFeature>()?.Addresses ?? []).Select(BindingAddress.Parse).Where(address => !address.IsUnixPipe);

    private async Task<bool> TryListenAsync(CancellationToken cancellation)
    {
        var transport = new SocketTransportFactory(Options.Create(new SocketTransportOptions()), loggers);
        try
        {
            _listener = await transport.BindAsync(new IPEndPoint(Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any, port.Port), cancellation);
        }
        catch (Exception exception) when (exception is IOException or SocketException or AddressInUseException)
        {
            // Any free UDP port was asked for: that the TCP port of the same number is taken is nobody's mistake.
            if (options.Port == 0)
            {
                LogNoTcp(port.Port, exception.Message);
                return false;
            }

            throw StartException.Setting("Media:Port", $"{port.Port}", $"the TCP port cannot be opened ({exception.Message}); stop who has it, or choose another");
        }

        _accepting = AcceptAsync(_listener);
        return true;
    }

    private async Task AcceptAsync(IConnectionListener listener)
    {
        // Null once it is unbound.
        while (await listener.AcceptAsync() is { } connection)
        {
            var serving = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _connections[connection] = serving.Task;
            _ = ServeAsync(connection, serving);
        }
    }

    private async Task ServeAsync(ConnectionContext connection, TaskCompletionSource serving)
    {
        try
        {
            await entrance.EnterAsync(connection, isTls: false);
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            LogFault(fault);
        }
        finally
        {
            await connection.DisposeAsync();
            _connections.TryRemove(connection, out _);
            serving.SetResult();
        }
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "No TCP beside UDP port {Port}: {Reason}")]
    private partial void LogNoTcp(int port, string reason);

    [LoggerMessage(EventId = 2, Level = LogLevel.Error, Message = "A bug in serving a TCP connection of media")]
    private partial void LogFault(Exception fault);
}
