using Ttm.Rtc;
using Ttm.Rtc.Stun;

namespace Ttm.Turn.Requests;

/// <summary>Binding, the plain STUN server (RFC 8489 section 2): tells the client its own address.</summary>
internal sealed class BindingHandler(Responder responder, RequestLimiter limiter, TurnMetrics metrics)
{
    public DropReason Handle(in TurnRequest request)
    {
        // An ICE check of a session that is gone: its agent would take no answer without integrity.
        if (request.Message.HasAttribute(StunAttribute.Username))
            return DropReason.UnknownUfrag;
        if (!limiter.TryTake(request.Client, request.Now))
            return DropReason.RateLimited;

        metrics.BindingRequests++;
        Span<StunAttribute> unknown = stackalloc StunAttribute[8];
        int count = request.Message.CopyUnknownRequired(KnownAttributes.OfBinding, unknown);
        if (count > 0)
        {
            responder.RefuseUnknown(request, unknown[..count]);
            return DropReason.None;
        }

        var writer = responder.BeginSuccess(request);
        writer.WriteXorAddress(StunAttribute.XorMappedAddress, request.Client);
        responder.Send(request, ref writer);
        return DropReason.None;
    }
}
