using Ttm.Recorder.Opus;

namespace Ttm.Recorder.Transcoding;

/// <summary>A packet that waits for its turn.</summary>
internal sealed class WaitingPacket
{
    private byte[] _payload = new byte[256];
    private int _length;

    public Epoch Epoch { get; set; } = null!;

    public long Sequence { get; set; }

    public long Timestamp { get; set; }

    public OpusPacket Opus { get; set; }

    /// <summary>Only where the epoch is settled.</summary>
    public long Position => Epoch.PositionOf(Timestamp);

    /// <summary>Its epoch has time to mend, here or later.</summary>
    public bool MayMend => Epoch.Pending != 0 && Sequence >= Epoch.PendingFrom;

    public ReadOnlySpan<byte> Payload => _payload.AsSpan(0, _length);

    public void SetPayload(ReadOnlySpan<byte> payload)
    {
        if (payload.Length > _payload.Length)
            _payload = new byte[Math.Max(payload.Length, 1500)];
        payload.CopyTo(_payload);
        _length = payload.Length;
    }

    public int CompareTo(Epoch epoch, long sequence) =>
        Epoch.Index != epoch.Index ? Epoch.Index.CompareTo(epoch.Index) : Sequence.CompareTo(sequence);
}

/// <summary>The packets of the last seconds in the order in which they were sent; knows a duplicate. Objects are used again.</summary>
internal sealed class PacketWindow
{
    // Three and a half seconds of the shortest packets that Opus knows (2.5 ms) are 1,400.
    private const int Capacity = 2048;

    private readonly List<WaitingPacket> _packets = [];
    private readonly Stack<WaitingPacket> _spare = [];

    public WaitingPacket? First => _packets.Count > 0 ? _packets[0] : null;

    public WaitingPacket? Second => _packets.Count > 1 ? _packets[1] : null;

    /// <summary>False for a duplicate, or where the window is full.</summary>
    public bool TryAdd(Epoch epoch, long sequence, long timestamp, in OpusPacket opus, ReadOnlySpan<byte> payload)
    {
        int index = _packets.Count;
        while (index > 0 && _packets[index - 1].CompareTo(epoch, sequence) > 0)
            index--;
        if (_packets.Count == Capacity || (index > 0 && _packets[index - 1].CompareTo(epoch, sequence) == 0))
            return false;

        WaitingPacket packet = _spare.Count > 0 ? _spare.Pop() : new WaitingPacket();
        packet.Epoch = epoch;
        packet.Sequence = sequence;
        packet.Timestamp = timestamp;
        packet.Opus = opus;
        packet.SetPayload(payload);
        _packets.Insert(index, packet);
        return true;
    }

    public void RemoveFirst()
    {
        _spare.Push(_packets[0]);
        _packets.RemoveAt(0);
    }
}
