using System.Buffers.Binary;
using Ttm.Rtc.Stun;
using Ttm.Turn.Allocations;

namespace Ttm.Turn.Requests;

/// <summary>ChannelBind (RFC 8656 section 12.2): a channel for 10 minutes, and with it a permission for 5.</summary>
internal sealed class ChannelBindHandler(PeerPolicy policy, Responder responder)
{
    public void Handle(in TurnRequest request, Allocation allocation)
    {
        var error = TryBind(request, allocation);
        if (error != StunErrorCode.None)
        {
            responder.Refuse(request, error);
            return;
        }

        var writer = responder.BeginSuccess(request);
        responder.Send(request, ref writer);
    }

    private StunErrorCode TryBind(in TurnRequest request, Allocation allocation)
    {
        var message = request.Message;
        if (!message.TryGetAttribute(StunAttribute.ChannelNumber, out var value) || value.Length != 4
            || !message.TryGetAttribute(StunAttribute.XorPeerAddress, out var address))
        {
            return StunErrorCode.BadRequest;
        }

        ushort number = BinaryPrimitives.ReadUInt16BigEndian(value);
        if (number is < ChannelData.FirstNumber or > ChannelData.LastNumber)
            return StunErrorCode.BadRequest;
        var error = PeerAddress.TryParse(message, address, allocation, out var peer);
        if (error != StunErrorCode.None)
            return error;

        // One number, one peer, in both directions.
        bool isBound = allocation.Channels.TryFind(number, request.Now, out var channel);
        if (isBound ? channel.Peer != peer : allocation.Channels.TryFind(peer, request.Now, out _))
            return StunErrorCode.BadRequest;
        var route = policy.Route(peer);
        if (route == PeerRoute.Refused)
            return StunErrorCode.Forbidden;

        var now = request.Now;
        if (!allocation.Permissions.Allows(peer, now) && allocation.Permissions.Room(now) == 0)
            return StunErrorCode.InsufficientCapacity;
        if (!allocation.Channels.TrySet(new Channel(number, peer, route, now + Lifetimes.Channel), now))
            return StunErrorCode.InsufficientCapacity;
        allocation.Permissions.TrySet(peer, now + Lifetimes.Permission, now);
        return StunErrorCode.None;
    }
}
