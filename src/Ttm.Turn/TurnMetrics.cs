using Ttm.Rtc;
using Ttm.Rtc.Stun;

namespace Ttm.Turn;

/// <summary>By which way a client came.</summary>
public enum TurnTransport : byte
{
    Udp = 0,
    Tcp = 1,
    Tls = 2,
}

/// <summary>Plain counters with one writer, the server's thread; readers may see a value a moment old.</summary>
public sealed class TurnMetrics
{
    private const int FirstCode = 300;
    private readonly TransportMetrics[] _transports = [new(), new(), new()];
    private readonly long[] _refusals = new long[400];
    private readonly long[] _drops = new long[256];

    /// <summary>
    /// Wrong passwords, unknown or expired users, bad nonces; not the first request of each client, which has no credentials yet.
    /// </summary>
    public long AuthenticationFailures { get; internal set; }

    public long BindingRequests { get; internal set; }

    /// <summary>Packets to and from the own media port, by the in-process relay.</summary>
    public long InProcessPackets { get; internal set; }

    /// <summary>Packets to and from peers, by relay sockets.</summary>
    public long SocketPackets { get; internal set; }

    public TransportMetrics this[TurnTransport transport] => _transports[(int)transport];

    /// <summary>How many requests were refused with that error code.</summary>
    public long Refused(StunErrorCode code) => (int)code is >= FirstCode and < 700 ? _refusals[(int)code - FirstCode] : 0;

    /// <summary>How many datagrams of clients and peers were dropped without an answer, for that reason.</summary>
    public long Dropped(DropReason reason) => _drops[(int)reason];

    internal static TurnTransport TransportOf(in TransportAddress client) => client.Kind == TransportKind.Udp
        ? TurnTransport.Udp
        : Net.Tcp.FlowNumber.IsTls(client.Flow) ? TurnTransport.Tls : TurnTransport.Tcp;

    internal void CountRefusal(StunErrorCode code) => _refusals[(int)code - FirstCode]++;

    internal DropReason CountDrop(DropReason reason)
    {
        if (reason != DropReason.None)
            _drops[(int)reason]++;
        return reason;
    }
}

/// <summary>The counters of one transport; bytes are of what is relayed, without TURN's own.</summary>
public sealed class TransportMetrics
{
    /// <summary>Allocations now.</summary>
    public long Allocations { get; internal set; }

    public long AllocationsMade { get; internal set; }

    public long PacketsFromClients { get; internal set; }

    public long BytesFromClients { get; internal set; }

    public long PacketsToClients { get; internal set; }

    public long BytesToClients { get; internal set; }

    internal void CountFromClient(int bytes)
    {
        PacketsFromClients++;
        BytesFromClients += bytes;
    }

    internal void CountToClient(int bytes)
    {
        PacketsToClients++;
        BytesToClients += bytes;
    }
}
