using System.Buffers.Binary;
using Ttm.Net;
using Ttm.Rtc;
using Ttm.Rtc.Stun;
using Ttm.Turn.Allocations;
using Ttm.Turn.Requests;

namespace Ttm.Turn;

/// <summary>The way of one relayed packet, there and back. Allocates nothing.</summary>
internal sealed class RelayPath
{
    private readonly AllocationTable _table;
    private readonly PeerPolicy _policy;
    private readonly ITurnOutput _output;
    private readonly TurnMetrics _metrics;
    private readonly double _bytesPerSecond;
    private readonly byte[] _buffer = new byte[DatagramLimits.BufferLength];
    private readonly byte[] _transactionId = new byte[StunMessage.TransactionIdLength];

    public RelayPath(
        AllocationTable table, PeerPolicy policy, ITurnOutput output, TurnMetrics metrics, int bitsPerSecond, IRandomness randomness)
    {
        _table = table;
        _policy = policy;
        _output = output;
        _metrics = metrics;
        _bytesPerSecond = bitsPerSecond / 8.0;
        randomness.Fill(_transactionId);
    }

    /// <summary>ChannelData of a client.</summary>
    public DropReason FromChannel(Span<byte> datagram, in TransportAddress client, Instant now)
    {
        if (!ChannelData.TryParse(datagram, out ushort number, out var payload))
            return DropReason.MalformedChannelData;
        if (!_table.TryFindByClient(client, out var allocation) || !allocation.Channels.TryFind(number, now, out var channel))
            return DropReason.NoAllocation;
        return ToPeer(allocation, payload, channel.Peer, channel.Route, dontFragment: false, now);
    }

    /// <summary>A Send indication (RFC 8656 section 11.2).</summary>
    public DropReason FromSend(in StunMessage message, Span<byte> datagram, in TransportAddress client, Instant now)
    {
        if (!_table.TryFindByClient(client, out var allocation))
            return DropReason.NoAllocation;
        if (!message.TryGetAttribute(StunAttribute.Data, out var data)
            || !message.TryGetAttribute(StunAttribute.XorPeerAddress, out var address)
            || message.CopyUnknownRequired(KnownAttributes.OfTurn, stackalloc StunAttribute[1]) > 0)
        {
            return DropReason.MalformedStun;
        }

        if (PeerAddress.TryParse(message, address, allocation, out var peer) != StunErrorCode.None)
            return DropReason.NoPermission;

        // The payload may be decrypted in place, so it is cut from the datagram, which is writable.
        int offset = 0;
        if (!data.IsEmpty)
            ((ReadOnlySpan<byte>)datagram).Overlaps(data, out offset);
        var payload = datagram.Slice(offset, data.Length);
        return ToPeer(allocation, payload, peer, _policy.Route(peer), message.HasAttribute(StunAttribute.DontFragment), now);
    }

    /// <summary>What a relay socket received.</summary>
    public DropReason FromPeer(Span<byte> payload, in TransportAddress relayed, in TransportAddress peer, Instant now) =>
        _table.TryFindByRelayed(relayed, out var allocation)
            ? ToClient(allocation, payload, peer, inProcess: false, now)
            : DropReason.NoAllocation;

    /// <summary>What the own media sends to a virtual peer.</summary>
    public DropReason FromMedia(in TransportAddress virtualPeer, ReadOnlySpan<byte> payload, Instant now)
    {
        if (!_table.TryFindByNumber(virtualPeer.Flow, out var allocation) || allocation.Of(virtualPeer.IsIPv4) is not { } relayed)
            return DropReason.NoAllocation;
        return relayed.MediaPeer == default
            ? DropReason.NoPermission
            : ToClient(allocation, payload, relayed.MediaPeer, inProcess: true, now);
    }

    private DropReason ToPeer(
        Allocation allocation, Span<byte> payload, in TransportAddress peer, PeerRoute route, bool dontFragment, Instant now)
    {
        if (route == PeerRoute.Refused || !allocation.Permissions.Allows(peer, now) || allocation.Of(peer.IsIPv4) is not { } relayed)
            return DropReason.NoPermission;
        if (!allocation.TrySpend(payload.Length, fromClient: true, _bytesPerSecond, now))
            return DropReason.RateLimited;

        _metrics[allocation.Transport].CountFromClient(payload.Length);
        if (route == PeerRoute.Media)
        {
            _metrics.InProcessPackets++;
            relayed.MediaPeer = peer;
            _output.DeliverToMedia(payload, relayed.Address.Via(TransportKind.Relay, allocation.Number), now);
        }
        else
        {
            _metrics.SocketPackets++;
            relayed.Socket?.Send(payload, peer, dontFragment);
        }

        return DropReason.None;
    }

    private DropReason ToClient(Allocation allocation, ReadOnlySpan<byte> payload, in TransportAddress peer, bool inProcess, Instant now)
    {
        if (!allocation.Permissions.Allows(peer, now))
            return DropReason.NoPermission;
        if (!allocation.TrySpend(payload.Length, fromClient: false, _bytesPerSecond, now))
            return DropReason.RateLimited;

        int length = allocation.Channels.TryFind(peer, now, out var channel)
            ? ChannelData.Write(_buffer, channel.Number, payload)
            : WriteDataIndication(payload, peer);
        if (length == 0)
            return DropReason.UnknownProtocol;
        if (inProcess)
            _metrics.InProcessPackets++;
        else
            _metrics.SocketPackets++;
        _metrics[allocation.Transport].CountToClient(payload.Length);
        _output.SendToClient(_buffer.AsSpan(0, length), allocation.Client);
        return DropReason.None;
    }

    private int WriteDataIndication(ReadOnlySpan<byte> payload, in TransportAddress peer)
    {
        // Nobody answers an indication: its transaction ID need only be another one each time.
        ulong next = BinaryPrimitives.ReadUInt64LittleEndian(_transactionId) + 1;
        BinaryPrimitives.WriteUInt64LittleEndian(_transactionId, next);
        var writer = new StunWriter(_buffer, StunMethod.Data, StunClass.Indication, _transactionId);
        writer.WriteXorAddress(StunAttribute.XorPeerAddress, peer);
        writer.Write(StunAttribute.Data, payload);
        return writer.Length;
    }
}
