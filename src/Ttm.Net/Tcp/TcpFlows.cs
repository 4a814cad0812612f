using Ttm.Rtc;

namespace Ttm.Net.Tcp;

/// <summary>The open connections, by number; the loop's.</summary>
public sealed class TcpFlows
{
    public const int DefaultLimit = 20_000;
    private readonly Dictionary<uint, TcpFlow> _flows = [];
    private readonly int _limit;

    public TcpFlows(int limit = DefaultLimit) => _limit = limit;

    public int Count => _flows.Count;

    /// <summary>Datagrams for flows that were full or gone.</summary>
    public long Dropped { get; private set; }

    /// <summary>False where there are too many: the connection is to be closed.</summary>
    public bool TryAdd(TcpFlow flow) => _flows.Count < _limit && _flows.TryAdd(flow.Address.Flow, flow);

    public void Remove(TcpFlow flow) => _flows.Remove(flow.Address.Flow);

    /// <summary>Sends a datagram to an address of <see cref="TransportKind.Tcp"/>.</summary>
    public bool TrySend(in TransportAddress to, ReadOnlySpan<byte> datagram)
    {
        bool sent = _flows.TryGetValue(to.Flow, out var flow) && flow.TrySend(datagram);
        if (!sent)
            Dropped++;
        return sent;
    }
}
