using System.Buffers.Binary;
using Ttm.Rtc.Stun;

namespace Ttm.Turn.Requests;

/// <summary>What an Allocate request asks for, after the checks of RFC 8656 section 7.2 that need no state.</summary>
internal readonly record struct AllocateParameters
{
    private const byte FamilyIPv4 = 1;
    private const byte FamilyIPv6 = 2;
    private const byte Udp = 17;

    public bool IPv4 { get; init; }

    public bool IPv6 { get; init; }

    public bool EvenPort { get; init; }

    /// <summary>The R bit of EVEN-PORT.</summary>
    public bool ReserveNext { get; init; }

    /// <summary>0 where there is none.</summary>
    public ulong ReservationToken { get; init; }

    public bool IsDual => IPv4 && IPv6;

    public static StunErrorCode TryParse(in StunMessage message, out AllocateParameters parameters)
    {
        parameters = default;

        // REQUESTED-TRANSPORT: a protocol number and three reserved bytes.
        if (!message.TryGetAttribute(StunAttribute.RequestedTransport, out var transport) || transport.Length != 4)
            return StunErrorCode.BadRequest;
        if (transport[0] != Udp)
            return StunErrorCode.UnsupportedTransportProtocol;

        bool hasEven = message.TryGetAttribute(StunAttribute.EvenPort, out var even);
        bool hasToken = message.TryGetAttribute(StunAttribute.ReservationToken, out var token);
        bool hasFamily = message.TryGetAttribute(StunAttribute.RequestedAddressFamily, out var family);
        bool hasAdditional = message.TryGetAttribute(StunAttribute.AdditionalAddressFamily, out var additional);
        if ((hasEven && even.Length != 1) || (hasToken && token.Length != 8) || (hasFamily && family.Length != 4)
            || (hasAdditional && (additional.Length != 4 || additional[0] != FamilyIPv6)))
        {
            return StunErrorCode.BadRequest;
        }

        bool reserveNext = hasEven && (even[0] & 0x80) != 0;
        if ((hasToken && (hasEven || hasFamily || hasAdditional)) || (hasAdditional && (hasFamily || reserveNext)))
            return StunErrorCode.BadRequest;
        if (hasFamily && family[0] is not (FamilyIPv4 or FamilyIPv6))
            return StunErrorCode.AddressFamilyNotSupported;

        parameters = new AllocateParameters
        {
            IPv4 = !hasFamily || family[0] == FamilyIPv4,
            IPv6 = hasAdditional || (hasFamily && family[0] == FamilyIPv6),
            EvenPort = hasEven,
            ReserveNext = reserveNext,
            ReservationToken = hasToken ? BinaryPrimitives.ReadUInt64BigEndian(token) : 0,
        };
        return hasToken && parameters.ReservationToken == 0 ? StunErrorCode.InsufficientCapacity : StunErrorCode.None;
    }
}
