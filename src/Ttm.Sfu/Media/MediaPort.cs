using Microsoft.Extensions.Logging;
using Ttm.Net;
using Ttm.Rtc;
using Ttm.Rtc.Dtls;

namespace Ttm.Sfu.Media;

/// <summary>The media side of a node: its one UDP port, the loop that owns it, and what every session shares.</summary>
public sealed class MediaPort : IDisposable
{
    private readonly MediaLoop _media;
    private readonly UdpLoop _loop;

    /// <exception cref="System.Net.Sockets.SocketException">The port is taken or not allowed.</exception>
    public MediaPort(MediaOptions options, TimeProvider time, IRandomness randomness, ILogger<MediaPort> logger)
    {
        Options = options;
        Randomness = randomness;
        Clock = new MediaClock(time);
        var socket = MediaSocket.Open(null, options.Port);
        Port = socket.Port;
        Certificate = DtlsCertificate.Create(time.GetUtcNow());
        var addresses = options.PublicAddresses.Count > 0 ? options.PublicAddresses : LocalAddresses.Find();
        Addresses = [.. addresses.Select(address => TransportAddress.From(address, Port))];
        _media = new MediaLoop(socket, Clock, (session, fault) => Log.SessionFault(logger, session.Id, fault));
        _loop = new UdpLoop(socket, Clock, _media, fault => Log.LoopFault(logger, fault));
        _loop.Start();
        Log.Listening(logger, Port, string.Join(", ", addresses));
    }

    /// <summary>The port in use.</summary>
    public ushort Port { get; }

    /// <summary>What goes into candidates, the preferred first.</summary>
    public IReadOnlyList<TransportAddress> Addresses { get; }

    public MediaClock Clock { get; }

    public MediaCounters Counters => _media.Counters;

    public LoopCounters LoopCounters => _loop.Counters;

    public int SessionCount => _media.SessionCount;

    /// <summary>Takes no further connection than those that replace one.</summary>
    public bool IsFull => SessionCount >= Options.MaxSessions;

    internal MediaOptions Options { get; }

    internal IRandomness Randomness { get; }

    internal DtlsCertificate Certificate { get; }

    /// <summary>Lets a guest in; before the first datagram matters to it.</summary>
    /// <param name="create">Makes the guest on the loop's thread.</param>
    public Task AdmitAsync(Func<IPortHost, Instant, IPortGuest> create) => InvokeAsync((loop, now) => loop.Guest = create(loop, now));

    public void Dispose()
    {
        _loop.Dispose();
        Certificate.Dispose();
    }

    /// <summary>Runs on the loop; see <see cref="UdpLoop.InvokeAsync{T}"/>.</summary>
    internal Task<T> InvokeAsync<T>(Func<MediaLoop, Instant, T> work) => _loop.InvokeAsync(now => work(_media, now));
}
