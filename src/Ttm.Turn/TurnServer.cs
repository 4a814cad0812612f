using Ttm.Rtc;
using Ttm.Rtc.Stun;
using Ttm.Turn.Allocations;
using Ttm.Turn.Requests;

namespace Ttm.Turn;

/// <summary>
/// The STUN and TURN server (RFC 8489, RFC 8656) without sockets, threads or a clock. One thread owns it; every call may give out through
/// <see cref="ITurnOutput"/> before it returns.
/// </summary>
public sealed class TurnServer
{
    private readonly bool _isEnabled;
    private readonly AllocationTable _table;
    private readonly RequestLimiter _limiter;
    private readonly Responder _responder;
    private readonly Authenticator _authenticator;
    private readonly BindingHandler _binding;
    private readonly AllocateHandler _allocate;
    private readonly RefreshHandler _refresh;
    private readonly CreatePermissionHandler _createPermission;
    private readonly ChannelBindHandler _channelBind;
    private readonly RelayPath _relay;

    /// <param name="options">Validated.</param>
    /// <param name="sockets">
    /// Used where <see cref="TurnOptions.AllowedPeers"/> names peers; null for a server with the in-process relay alone.
    /// </param>
    public TurnServer(
        TurnOptions options, TurnCredentials credentials, TurnHost host, ITurnOutput output, IRelaySockets? sockets, IRandomness randomness)
    {
        var allowed = options.ParseAllowedPeers();
        var policy = new PeerPolicy(host, allowed);
        var nonces = new NonceIssuer(options.NonceLifetime, randomness);
        _isEnabled = options.Enabled;
        _table = new AllocationTable(options, host, allowed.Length > 0 ? sockets : null, randomness, Metrics);
        _limiter = new RequestLimiter(options.UnauthenticatedRequestsPerSecond);
        _responder = new Responder(output, nonces, Metrics, options.Realm);
        _authenticator = new Authenticator(credentials, nonces, _limiter, _responder, Metrics, options.Realm, host.Epoch);
        _binding = new BindingHandler(_responder, _limiter, Metrics);
        _allocate = new AllocateHandler(_table, _responder, _authenticator, options);
        _refresh = new RefreshHandler(_table, _responder, options);
        _createPermission = new CreatePermissionHandler(policy, _responder);
        _channelBind = new ChannelBindHandler(policy, _responder);
        _relay = new RelayPath(_table, policy, output, Metrics, options.MaxBitsPerSecond, randomness);
    }

    public TurnMetrics Metrics { get; } = new();

    /// <summary>Allocations now.</summary>
    public int Allocations => _table.Count;

    /// <summary>When <see cref="Tick"/> is due; <see cref="Instant.Never"/> without allocations.</summary>
    public Instant NextTick => _table.NextTick;

    /// <summary>While true no new allocation is made: 300 where there is an alternate server, else 508. Those there are live on.</summary>
    public bool IsDraining
    {
        get => _allocate.IsDraining;
        set => _allocate.IsDraining = value;
    }

    /// <summary>
    /// One STUN message or ChannelData of a client, from the media port or one frame of a stream. <see cref="DropReason.None"/> where it
    /// was used, which a refusal is too.
    /// </summary>
    /// <param name="datagram">Writable: the media may decrypt what is relayed to it in place.</param>
    public DropReason Receive(Span<byte> datagram, in TransportAddress from, Instant now) =>
        Metrics.CountDrop(MediaDemux.Classify(datagram) switch
        {
            DatagramKind.TurnChannel => _isEnabled ? _relay.FromChannel(datagram, from, now) : DropReason.UnknownProtocol,
            DatagramKind.Stun => ReceiveStun(datagram, from, now),
            _ => DropReason.UnknownProtocol,
        });

    /// <summary>
    /// Sends what the own media has for a virtual peer to its client. False where the allocation, or its permission for the media's
    /// address, is gone, or where it has used up its rate.
    /// </summary>
    public bool SendToRelayed(in TransportAddress virtualPeer, ReadOnlySpan<byte> payload, Instant now) =>
        Metrics.CountDrop(_relay.FromMedia(virtualPeer, payload, now)) == DropReason.None;

    /// <summary>What the relay socket of <paramref name="relayed"/> received.</summary>
    public DropReason ReceiveFromPeer(Span<byte> payload, in TransportAddress relayed, in TransportAddress peer, Instant now) =>
        Metrics.CountDrop(_relay.FromPeer(payload, relayed, peer, now));

    /// <summary>Ends what has expired.</summary>
    public void Tick(Instant now) => _table.Tick(now);

    /// <summary>A TCP connection has ended, and its allocation with it.</summary>
    public void CloseClient(in TransportAddress client)
    {
        if (_table.TryFindByClient(client, out var allocation))
            _table.Remove(allocation);
    }

    /// <summary>Whether a client has an allocation; a TCP connection without one may be closed when it idles.</summary>
    public bool HasAllocation(in TransportAddress client) => _table.TryFindByClient(client, out _);

    /// <summary>The client of a virtual peer's allocation.</summary>
    public bool TryFindClient(in TransportAddress virtualPeer, out TransportAddress client)
    {
        bool found = _table.TryFindByNumber(virtualPeer.Flow, out var allocation);
        client = found ? allocation.Client : default;
        return found;
    }

    /// <summary>Ends all allocations and closes their sockets.</summary>
    public void Clear() => _table.Clear();

    private DropReason ReceiveStun(Span<byte> datagram, in TransportAddress from, Instant now)
    {
        if (!StunMessage.TryParse(datagram, out var message))
            return DropReason.MalformedStun;
        if (message.HasAttribute(StunAttribute.Fingerprint) && !message.VerifyFingerprint())
            return DropReason.BadFingerprint;

        bool isRequest = message.Class == StunClass.Request;
        var request = new TurnRequest { Message = message, Client = from, Now = now };
        return message.Method switch
        {
            StunMethod.Binding when isRequest => _binding.Handle(request),

            // A keepalive (RFC 8489 section 2) wants no answer.
            StunMethod.Binding when message.Class == StunClass.Indication => DropReason.None,
            StunMethod.Send when _isEnabled && message.Class == StunClass.Indication => _relay.FromSend(message, datagram, from, now),
            StunMethod.Allocate or StunMethod.Refresh or StunMethod.CreatePermission or StunMethod.ChannelBind
                when _isEnabled && isRequest => Authenticate(request),
            _ => DropReason.UnexpectedStun,
        };
    }

    private DropReason Authenticate(in TurnRequest request)
    {
        // Hashes cost time: whoever has failed too often, and has nothing here, waits.
        if (!_limiter.HasRoom(request.Client, request.Now) && !HasAllocation(request.Client))
            return DropReason.RateLimited;
        var reason = _authenticator.Check(request, out var authenticated);
        if (!authenticated.Key.IsEmpty)
            Handle(authenticated);
        return reason;
    }

    private void Handle(in TurnRequest request)
    {
        Span<StunAttribute> unknown = stackalloc StunAttribute[8];
        int count = request.Message.CopyUnknownRequired(KnownAttributes.OfTurn, unknown);
        if (count > 0)
        {
            _responder.RefuseUnknown(request, unknown[..count]);
            return;
        }

        if (request.Message.Method == StunMethod.Allocate)
        {
            _allocate.Handle(request);
            return;
        }

        if (!_table.TryFindByClient(request.Client, out var allocation))
        {
            _responder.Refuse(request, StunErrorCode.AllocationMismatch);
            return;
        }

        if (!allocation.IsOf(request.Username))
        {
            _responder.Refuse(request, StunErrorCode.WrongCredentials);
            return;
        }

        switch (request.Message.Method)
        {
            case StunMethod.Refresh:
                _refresh.Handle(request, allocation);
                break;
            case StunMethod.CreatePermission:
                _createPermission.Handle(request, allocation);
                break;
            default:
                _channelBind.Handle(request, allocation);
                break;
        }
    }
}
