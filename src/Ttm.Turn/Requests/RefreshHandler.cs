using Ttm.Rtc.Stun;
using Ttm.Turn.Allocations;

namespace Ttm.Turn.Requests;

/// <summary>Refresh (RFC 8656 section 8.2).</summary>
internal sealed class RefreshHandler(AllocationTable table, Responder responder, TurnOptions options)
{
    public void Handle(in TurnRequest request, Allocation allocation)
    {
        if (!Lifetimes.TryGrant(request.Message, options.MaxLifetime, out var lifetime, out bool isZero)
            || !TryGetFamily(request.Message, out int family))
        {
            responder.Refuse(request, StunErrorCode.BadRequest);
            return;
        }

        var first = family != 2 ? allocation.IPv4 : null;
        var second = family != 1 ? allocation.IPv6 : null;
        if (first is null && second is null)
        {
            responder.Refuse(request, StunErrorCode.PeerAddressFamilyMismatch);
            return;
        }

        foreach (var relayed in (ReadOnlySpan<RelayedAddress?>)[first, second])
        {
            if (relayed is null)
                continue;
            relayed.Expires = request.Now + lifetime;
            if (isZero)
                table.Remove(allocation, relayed);
        }

        if (!allocation.IsClosed)
            table.SetTimer(allocation);
        var writer = responder.BeginSuccess(request);
        writer.WriteUInt32(StunAttribute.Lifetime, isZero ? 0 : (uint)lifetime.TotalSeconds);
        responder.Send(request, ref writer);
    }

    /// <summary>REQUESTED-ADDRESS-FAMILY: 1 or 2, 0 where there is none.</summary>
    private static bool TryGetFamily(in StunMessage message, out int family)
    {
        family = 0;
        if (!message.TryGetAttribute(StunAttribute.RequestedAddressFamily, out var value))
            return true;
        family = value.Length == 4 ? value[0] : -1;
        return family is 1 or 2;
    }
}
