using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Ttm.Testing.Storage;

/// <summary>A TCP relay on loopback that can fail as networks do: it is slow, it cuts or truncates after so many bytes, and lets a test act between two bytes.</summary>
public sealed class TcpProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<Socket, bool> _open = new();
    private readonly int _targetPort;
    private readonly Task _accepting;
    private long _toServer;
    private long _cutAt = long.MaxValue;

    public TcpProxy(int targetPort)
    {
        _targetPort = targetPort;
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    public int Port { get; }

    public string Url => $"http://127.0.0.1:{Port}";

    /// <summary>Bytes that clients sent and the server was given.</summary>
    public long BytesToServer => Interlocked.Read(ref _toServer);

    /// <summary>How long each piece (16 KiB at most) waits, either way.</summary>
    public TimeSpan Delay { get; set; }

    /// <summary>A cut looks like the end of what was to be said, instead of a reset.</summary>
    public bool Truncates { get; set; }

    /// <summary>Called with each piece a client sent before the server gets it.</summary>
    public Func<ReadOnlyMemory<byte>, Task>? BeforeForward { get; set; }

    /// <summary>After that many more bytes to the server every connection breaks, and so does every new one, until <see cref="Mend"/>.</summary>
    public void CutAfter(long bytes) => Interlocked.Exchange(ref _cutAt, BytesToServer + bytes);

    public void Mend() => Interlocked.Exchange(ref _cutAt, long.MaxValue);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        CloseAll();
        await _accepting;
        _stop.Dispose();
    }

    private bool IsCut => BytesToServer >= Interlocked.Read(ref _cutAt);

    private async Task AcceptAsync()
    {
        var relays = new List<Task>();
        try
        {
            while (true)
                relays.Add(RelayAsync(await _listener.AcceptSocketAsync(_stop.Token)));
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
        }

        await Task.WhenAll(relays);
    }

    private async Task RelayAsync(Socket client)
    {
        using var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        using (client)
        {
            _open[client] = _open[server] = true;
            try
            {
                if (!IsCut)
                {
                    await server.ConnectAsync(IPAddress.Loopback, _targetPort, _stop.Token);
                    await Task.WhenAny(PumpAsync(client, server, counted: true), PumpAsync(server, client, counted: false));
                }
            }
            catch (Exception exception) when (exception is SocketException or OperationCanceledException or ObjectDisposedException)
            {
            }

            _open.TryRemove(client, out _);
            _open.TryRemove(server, out _);
            Close(client);
        }
    }

    private async Task PumpAsync(Socket from, Socket to, bool counted)
    {
        var buffer = new byte[1 << 14];
        try
        {
            int read;
            while ((read = await from.ReceiveAsync(buffer, _stop.Token)) > 0)
            {
                if (counted)
                {
                    if (BeforeForward is { } hook)
                        await hook(buffer.AsMemory(0, read));
                    Interlocked.Add(ref _toServer, read);
                }

                if (IsCut)
                {
                    CloseAll();
                    return;
                }

                if (Delay > TimeSpan.Zero)
                    await Task.Delay(Delay, _stop.Token);

                for (var sent = 0; sent < read;)
                    sent += await to.SendAsync(buffer.AsMemory(sent, read - sent), _stop.Token);
            }
        }
        catch (Exception exception) when (exception is SocketException or OperationCanceledException or ObjectDisposedException)
        {
        }
    }

    private void CloseAll()
    {
        foreach (var socket in _open.Keys)
            Close(socket);
    }

    private void Close(Socket socket)
    {
        if (Truncates)
            socket.Dispose();
        else
            socket.Close(0); // a reset, as a broken network gives
    }
}
