using System.Net;
using System.Net.Sockets;
using Ttm.Rtc;
using Ttm.Rtc.Stun;
using Ttm.Turn.Allocations;

namespace Ttm.Turn.Requests;

/// <summary>Allocate (RFC 8656 section 7.2).</summary>
internal sealed class AllocateHandler(AllocationTable table, Responder responder, Authenticator authenticator, TurnOptions options)
{
    private readonly IPEndPoint[] _alternates = options.ParseAlternateServers();
    private int _nextAlternate;

    public bool IsDraining { get; set; }

    public void Handle(in TurnRequest request)
    {
        // A retransmission is answered as the first time; anything else on a 5-tuple in use is 437.
        if (table.TryFindByClient(request.Client, out var existing))
        {
            if (existing.IsMadeBy(request.Message.TransactionId) && existing.IsOf(request.Username))
                Answer(request, existing);
            else
                responder.Refuse(request, StunErrorCode.AllocationMismatch);
            return;
        }

        if (request.IsExpired)
        {
            authenticator.RefuseExpired(request);
            return;
        }

        var error = AllocateParameters.TryParse(request.Message, out var parameters);
        if (error == StunErrorCode.None && !Lifetimes.TryGrant(request.Message, options.MaxLifetime, out _, out _))
            error = StunErrorCode.BadRequest;
        if (error == StunErrorCode.None)
            error = JudgeFamilies(parameters);
        string user = TurnCredentials.UserOf(request.Username);
        if (error == StunErrorCode.None)
            error = JudgeCapacity(parameters, user);
        if (error == StunErrorCode.None)
            error = TryMake(request, parameters, user, out existing);
        if (error == StunErrorCode.None)
            Answer(request, existing);
        else if (IsClosed(error) && TryGetAlternate(request.Client, out var alternate))
            responder.SendElsewhere(request, alternate);
        else
            responder.Refuse(request, error);
    }

    private bool IsClosed(StunErrorCode error) => error == StunErrorCode.InsufficientCapacity && (IsDraining || table.IsFull(1));

    /// <summary>440. Of a dual allocation one family is enough; ADDRESS-ERROR-CODE tells of the other.</summary>
    private StunErrorCode JudgeFamilies(in AllocateParameters parameters)
    {
        bool canIPv4 = parameters.IPv4 && table.IPv4 is not null;
        bool canIPv6 = parameters.IPv6 && table.IPv6 is not null;
        return parameters.ReservationToken != 0 || canIPv4 || canIPv6 ? StunErrorCode.None : StunErrorCode.AddressFamilyNotSupported;
    }

    private StunErrorCode JudgeCapacity(in AllocateParameters parameters, string user)
    {
        if (parameters.ReservationToken != 0)
            return table.IsReserved(parameters.ReservationToken, user) ? StunErrorCode.None : StunErrorCode.InsufficientCapacity;
        int wanted = parameters.ReserveNext ? 2 : 1;
        if (IsDraining || table.IsFull(wanted))
            return StunErrorCode.InsufficientCapacity;
        return table.IsQuotaReached(user, wanted) ? StunErrorCode.AllocationQuotaReached : StunErrorCode.None;
    }

    private StunErrorCode TryMake(in TurnRequest request, in AllocateParameters parameters, string user, out Allocation allocation)
    {
        allocation = null!;
        RelayedAddress? first = null, second = null, reserved = null;
        var additionalError = StunErrorCode.None;
        if (parameters.ReservationToken != 0)
        {
            first = table.TryClaim(parameters.ReservationToken, user);
        }
        else if (parameters.ReserveNext)
        {
            (parameters.IPv4 ? table.IPv4 : table.IPv6)!.TryTakePair(out first, out reserved);
        }
        else
        {
            first = (parameters.IPv4 ? table.IPv4 : table.IPv6)?.TryTake(parameters.EvenPort);
            if (parameters.IsDual)
            {
                second = table.IPv6?.TryTake(parameters.EvenPort);
                var pool = first is null ? table.IPv4 : table.IPv6;
                if (first is null || second is null)
                    additionalError = pool is null ? StunErrorCode.AddressFamilyNotSupported : StunErrorCode.InsufficientCapacity;
                first ??= second;
            }
        }

        if (first is null)
            return StunErrorCode.InsufficientCapacity;
        Lifetimes.TryGrant(request.Message, options.MaxLifetime, out var lifetime, out _);
        first.Expires = request.Now + lifetime;
        second?.Expires = request.Now + lifetime;
        allocation = new Allocation(table.NextNumber(), request.Client, request.Username, user, request.Message.TransactionId, request.Now)
        {
            IPv4 = first.Address.IsIPv4 ? first : null,
            IPv6 = first.Address.IsIPv4 ? second : first,
            ReservationToken = reserved is null ? 0 : table.Reserve(reserved, user, request.Now),
            AdditionalError = additionalError,
        };
        table.Add(allocation);
        return StunErrorCode.None;
    }

    private void Answer(in TurnRequest request, Allocation allocation)
    {
        var writer = responder.BeginSuccess(request);
        if (allocation.IPv4 is { } first)
            writer.WriteXorAddress(StunAttribute.XorRelayedAddress, first.Address);
        if (allocation.IPv6 is { } second)
            writer.WriteXorAddress(StunAttribute.XorRelayedAddress, second.Address);
        if (allocation.AdditionalError != StunErrorCode.None)
            WriteAddressError(ref writer, allocation.IPv4 is null, allocation.AdditionalError);
        writer.WriteUInt32(StunAttribute.Lifetime, (uint)Math.Ceiling((allocation.NextExpiry - request.Now).TotalSeconds));
        if (allocation.ReservationToken != 0)
            writer.WriteUInt64(StunAttribute.ReservationToken, allocation.ReservationToken);
        writer.WriteXorAddress(StunAttribute.XorMappedAddress, request.Client);
        responder.Send(request, ref writer);
    }

    /// <summary>ADDRESS-ERROR-CODE: a family, then what ERROR-CODE has (RFC 8656 section 18.12).</summary>
    private static void WriteAddressError(ref StunWriter writer, bool isIPv4, StunErrorCode code) =>
        writer.Write(StunAttribute.AddressErrorCode, [(byte)(isIPv4 ? 1 : 2), 0, (byte)((int)code / 100), (byte)((int)code % 100)]);

    private bool TryGetAlternate(in TransportAddress client, out IPEndPoint alternate)
    {
        var family = client.IsIPv4 ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6;
        for (int tries = 0; tries < _alternates.Length; tries++)
        {
            alternate = _alternates[_nextAlternate++ % _alternates.Length];
            if (alternate.AddressFamily == family)
                return true;
        }

        alternate = null!;
        return false;
    }
}
