using Ttm.Rtc.Stun;

namespace Ttm.Rtc.Ice;

/// <summary>
/// The STUN server's part of a connectivity check, which both kinds of agent share: judges a Binding request and writes the answer
/// (RFC 8445 section 7.3, RFC 8489 sections 6.3, 9.1.3).
/// </summary>
/// <param name="answers">Where the answers go.</param>
/// <param name="conflict">The role attribute of a peer that thinks it has our role: answered by 487.</param>
internal sealed class IceBindingServer(IceDatagramQueue answers, StunAttribute conflict)
{
    private const int MaxUnknown = 8;

    private static readonly StunAttribute[] Known =
    [
        StunAttribute.Username, StunAttribute.MessageIntegrity, StunAttribute.MessageIntegritySha256, StunAttribute.Priority,
        StunAttribute.UseCandidate, StunAttribute.XorMappedAddress, StunAttribute.MappedAddress, StunAttribute.Realm, StunAttribute.Nonce,
    ];

    /// <summary>
    /// <see cref="DropReason.None"/> where the request is in order; <paramref name="generation"/> says by whose credentials. Otherwise the
    /// error response is queued.
    /// </summary>
    public DropReason Judge(
        in StunMessage request,
        in TransportAddress from,
        IceGeneration current,
        IceGeneration? previous,
        out IceGeneration? generation)
    {
        generation = null;

        // RFC 8489 section 9.1.3, step 1: no MESSAGE-INTEGRITY or no USERNAME.
        bool sha1 = request.HasAttribute(StunAttribute.MessageIntegrity);
        if ((!sha1 && !request.HasAttribute(StunAttribute.MessageIntegritySha256)) || !request.TryGetUsername(out var username))
            return Refuse(request, from, StunErrorCode.BadRequest, null, DropReason.BadIntegrity);

        // Steps 2 and 3: the user name, then the integrity by its password.
        var named = username.SequenceEqual(current.IncomingUsername) ? current
            : previous is not null && username.SequenceEqual(previous.IncomingUsername) ? previous
            : null;
        if (named is null)
            return Refuse(request, from, StunErrorCode.Unauthenticated, null, DropReason.UnknownUfrag);
        if (sha1 ? !request.VerifyIntegrity(named.LocalPassword) : !request.VerifyIntegritySha256(named.LocalPassword))
            return Refuse(request, from, StunErrorCode.Unauthenticated, null, DropReason.BadIntegrity);

        // RFC 8489 section 6.3.1.
        Span<StunAttribute> unknown = stackalloc StunAttribute[MaxUnknown];
        int unknownCount = request.CopyUnknownRequired(Known, unknown);
        if (unknownCount > 0)
            return Refuse(request, from, StunErrorCode.UnknownAttribute, named, DropReason.UnexpectedStun, unknown[..unknownCount]);

        // RFC 8445 section 7.3.1.1. Our role is fixed (section 6.1.1), so that it is always the peer that gives way.
        if (request.HasAttribute(conflict))
            return Refuse(request, from, StunErrorCode.RoleConflict, named, DropReason.UnexpectedStun);

        generation = named;
        return DropReason.None;
    }

    /// <summary>Queues the success response.</summary>
    public DropReason Accept(in StunMessage request, in TransportAddress from, IceGeneration generation)
    {
        if (!answers.TryReserve(out var buffer))
            return DropReason.QueueFull;
        var writer = new StunWriter(buffer, StunMethod.Binding, StunClass.SuccessResponse, request.TransactionId);
        writer.WriteXorAddress(StunAttribute.XorMappedAddress, from);
        Finish(ref writer, request, from, generation);
        return DropReason.None;
    }

    private DropReason Refuse(
        in StunMessage request,
        in TransportAddress from,
        StunErrorCode code,
        IceGeneration? generation,
        DropReason reason,
        ReadOnlySpan<StunAttribute> unknown = default)
    {
        if (!answers.TryReserve(out var buffer))
            return DropReason.QueueFull;
        var writer = new StunWriter(buffer, StunMethod.Binding, StunClass.ErrorResponse, request.TransactionId);
        writer.WriteErrorCode(code);
        if (!unknown.IsEmpty)
            writer.WriteUnknownAttributes(unknown);
        Finish(ref writer, request, from, generation);
        return reason;
    }

    private void Finish(ref StunWriter writer, in StunMessage request, in TransportAddress from, IceGeneration? generation)
    {
        // The answer uses the request's integrity algorithm (RFC 8489 section 9.1.4); 400 and 401 have none.
        if (generation is not null && request.HasAttribute(StunAttribute.MessageIntegrity))
            writer.WriteMessageIntegrity(generation.LocalPassword);
        else if (generation is not null)
            writer.WriteMessageIntegritySha256(generation.LocalPassword);
        writer.WriteFingerprint();
        answers.Commit(writer.Length, from);
    }
}
