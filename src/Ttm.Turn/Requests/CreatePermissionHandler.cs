using Ttm.Rtc.Stun;
using Ttm.Turn.Allocations;

namespace Ttm.Turn.Requests;

/// <summary>CreatePermission (RFC 8656 section 10.2): all of its peers, or none.</summary>
internal sealed class CreatePermissionHandler(PeerPolicy policy, Responder responder)
{
    public void Handle(in TurnRequest request, Allocation allocation)
    {
        int count = 0;
        var error = StunErrorCode.None;
        foreach (var attribute in request.Message.Attributes)
        {
            if (attribute.Type != StunAttribute.XorPeerAddress)
                continue;
            count++;
            error = PeerAddress.TryParse(request.Message, attribute.Value, allocation, out var peer);
            if (error == StunErrorCode.None && !policy.MayPermit(peer))
                error = StunErrorCode.Forbidden;
            if (error != StunErrorCode.None)
                break;
        }

        if (count == 0)
            error = StunErrorCode.BadRequest;
        if (error == StunErrorCode.None && !HasRoom(request, allocation))
            error = StunErrorCode.InsufficientCapacity;
        if (error != StunErrorCode.None)
        {
            responder.Refuse(request, error);
            return;
        }

        foreach (var attribute in request.Message.Attributes)
        {
            if (attribute.Type == StunAttribute.XorPeerAddress
                && PeerAddress.TryParse(request.Message, attribute.Value, allocation, out var peer) == StunErrorCode.None)
            {
                allocation.Permissions.TrySet(peer, request.Now + Lifetimes.Permission, request.Now);
            }
        }

        var writer = responder.BeginSuccess(request);
        responder.Send(request, ref writer);
    }

    private static bool HasRoom(in TurnRequest request, Allocation allocation)
    {
        int fresh = 0;
        foreach (var attribute in request.Message.Attributes)
        {
            if (attribute.Type == StunAttribute.XorPeerAddress
                && PeerAddress.TryParse(request.Message, attribute.Value, allocation, out var peer) == StunErrorCode.None
                && !allocation.Permissions.Allows(peer, request.Now))
            {
                fresh++;
            }
        }

        return fresh <= allocation.Permissions.Room(request.Now);
    }
}
