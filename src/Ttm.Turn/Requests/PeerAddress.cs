using Ttm.Rtc;
using Ttm.Rtc.Stun;
using Ttm.Turn.Allocations;

namespace Ttm.Turn.Requests;

/// <summary>XOR-PEER-ADDRESS, judged.</summary>
internal static class PeerAddress
{
    /// <summary>400 malformed, 443 of a family that the allocation does not have, 403 an IPv4 address in IPv6 clothes.</summary>
    public static StunErrorCode TryParse(in StunMessage message, ReadOnlySpan<byte> value, Allocation allocation, out TransportAddress peer)
    {
        if (!StunAddress.TryParse(value, message.Datagram.Slice(4, 16), out peer))
            return StunErrorCode.BadRequest;

        // TransportAddress makes one of the two forms; on the wire they differ by their length.
        bool isIPv4 = value.Length == 8;
        if (isIPv4 != peer.IsIPv4)
            return StunErrorCode.Forbidden;
        return allocation.Of(isIPv4) is null ? StunErrorCode.PeerAddressFamilyMismatch : StunErrorCode.None;
    }
}
