using Ttm.Rtc;

namespace Ttm.Testing.Networking;

/// <summary>A peer made of delegates, with a queue of datagrams to send: for tests that need no core, or to wrap one.</summary>
public sealed class VirtualPeer : IVirtualPeer
{
    private readonly Queue<(byte[] Bytes, TransportAddress To)> _outgoing = new();

    /// <summary>What came, in order, kept for assertions.</summary>
    public List<(byte[] Bytes, TransportAddress From, Instant At)> Received { get; } = [];

    public Action<byte[], TransportAddress, Instant>? OnReceive { get; set; }

    public Action<Instant>? OnTick { get; set; }

    /// <summary>Set to never before <see cref="OnTick"/> is called, which may set it again.</summary>
    public Instant NextTick { get; set; } = Instant.Never;

    public void Send(ReadOnlySpan<byte> bytes, TransportAddress to) => _outgoing.Enqueue((bytes.ToArray(), to));

    public void Receive(ReadOnlySpan<byte> datagram, in TransportAddress from, Instant now)
    {
        byte[] bytes = datagram.ToArray();
        Received.Add((bytes, from, now));
        OnReceive?.Invoke(bytes, from, now);
    }

    public void Tick(Instant now)
    {
        NextTick = Instant.Never;
        OnTick?.Invoke(now);
    }

    public bool TryTakeDatagram(Span<byte> buffer, out int length, out TransportAddress to)
    {
        bool any = _outgoing.TryDequeue(out var datagram);
        (length, to) = any ? (datagram.Bytes.Length, datagram.To) : (0, default);
        if (any)
            datagram.Bytes.CopyTo(buffer);
        return any;
    }
}
