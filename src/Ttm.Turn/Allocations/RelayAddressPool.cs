using System.Buffers.Binary;
using System.Net;
using Ttm.Rtc;

namespace Ttm.Turn.Allocations;

/// <summary>
/// The relayed addresses of one family. The port is drawn at random (RFC 8656 section 7.2); with <see cref="IRelaySockets"/> it is bound,
/// without it is only a name that no other allocation has.
/// </summary>
internal sealed class RelayAddressPool
{
    // Ports that other programs hold: after so many, the machine is full for all that matters.
    private const int MaxRefusals = 64;
    private readonly IPAddress _address;
    private readonly PortRange _ports;
    private readonly IRelaySockets? _sockets;
    private readonly IRandomness _randomness;
    private readonly bool[] _taken;

    /// <param name="mediaPort">Never given out: it is another socket's.</param>
    public RelayAddressPool(IPAddress address, PortRange ports, ushort mediaPort, IRelaySockets? sockets, IRandomness randomness)
    {
        _address = address;
        _ports = ports;
        _sockets = sockets;
        _randomness = randomness;
        _taken = new bool[ports.Count];
        if (mediaPort >= ports.First && mediaPort <= ports.Last)
            _taken[mediaPort - ports.First] = true;
    }

    public RelayedAddress? TryTake(bool even)
    {
        int refusals = 0;
        for (int tries = 0, at = DrawStart(); tries < _ports.Count && refusals < MaxRefusals; tries++, at = (at + 1) % _ports.Count)
        {
            if (_taken[at] || (even && ((_ports.First + at) & 1) != 0))
                continue;
            if (TryOpen(at) is { } relayed)
                return relayed;
            refusals++;
        }

        return null;
    }

    /// <summary>An even port and the next one (EVEN-PORT with the R bit).</summary>
    public bool TryTakePair(out RelayedAddress? first, out RelayedAddress? second)
    {
        int refusals = 0;
        for (int tries = 0, at = DrawStart(); tries < _ports.Count && refusals < MaxRefusals; tries++, at = (at + 1) % _ports.Count)
        {
            if (at + 1 == _ports.Count || _taken[at] || _taken[at + 1] || ((_ports.First + at) & 1) != 0)
                continue;
            first = TryOpen(at);
            second = first is null ? null : TryOpen(at + 1);
            if (first is not null && second is not null)
                return true;
            if (first is not null)
                Release(first);
            refusals++;
        }

        first = second = null;
        return false;
    }

    public void Release(RelayedAddress relayed)
    {
        relayed.Socket?.Dispose();
        _taken[relayed.Address.Port - _ports.First] = false;
    }

    private RelayedAddress? TryOpen(int at)
    {
        var relayed = TransportAddress.From(_address, _ports.First + at);
        IRelaySocket? socket = null;
        if (_sockets is not null && (socket = _sockets.TryOpen(relayed)) is null)
            return null;
        _taken[at] = true;
        return new RelayedAddress(relayed, socket);
    }

    private int DrawStart()
    {
        Span<byte> bytes = stackalloc byte[4];
        _randomness.Fill(bytes);
        return (int)(BinaryPrimitives.ReadUInt32LittleEndian(bytes) % (uint)_ports.Count);
    }
}
