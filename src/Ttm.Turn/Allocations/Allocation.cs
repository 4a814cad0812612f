using Ttm.Net;
using Ttm.Rtc;
using Ttm.Rtc.Stun;

namespace Ttm.Turn.Allocations;

/// <summary>
/// What a client has on this server (RFC 8656 section 3.2), found by the client's address: the server's side of the 5-tuple is always the
/// same.
/// </summary>
internal sealed class Allocation : ITimed
{
    private readonly byte[] _transactionId;
    private readonly byte[] _username;
    private TokenBucket _fromClient;
    private TokenBucket _toClient;

    public Allocation(
        uint number, in TransportAddress client, ReadOnlySpan<byte> username, string user, ReadOnlySpan<byte> transactionId, Instant now)
    {
        Number = number;
        Client = client;
        User = user;
        Transport = TurnMetrics.TransportOf(client);
        _username = username.ToArray();
        _transactionId = transactionId.ToArray();
        _fromClient = _toClient = new TokenBucket(0, now - TimeSpan.FromHours(1));
    }

    public uint Number { get; }

    public TransportAddress Client { get; }

    public TurnTransport Transport { get; }

    /// <summary>Whom quotas count.</summary>
    public string User { get; }

    public RelayedAddress? IPv4 { get; set; }

    public RelayedAddress? IPv6 { get; set; }

    /// <summary>For the retransmission of a success response; 0 where nothing was reserved.</summary>
    public ulong ReservationToken { get; init; }

    /// <summary>ADDRESS-ERROR-CODE of the half of a dual allocation that could not be had.</summary>
    public StunErrorCode AdditionalError { get; init; }

    public bool IsClosed { get; set; }

    /// <summary>Mutable values: fields, so that they are changed in place.</summary>
    public PermissionList Permissions;

    public ChannelList Channels;

    int ITimed.TimerIndex { get; set; } = -1;

    Instant ITimed.TimerDue { get; set; }

    public RelayedAddress? Of(bool isIPv4) => isIPv4 ? IPv4 : IPv6;

    public Instant NextExpiry => Instant.Min(IPv4?.Expires ?? Instant.Never, IPv6?.Expires ?? Instant.Never);

    public bool IsOf(ReadOnlySpan<byte> username) => username.SequenceEqual(_username);

    /// <summary>The Allocate that made this one, sent again.</summary>
    public bool IsMadeBy(ReadOnlySpan<byte> transactionId) => transactionId.SequenceEqual(_transactionId);

    public bool TrySpend(int bytes, bool fromClient, double bytesPerSecond, Instant now)
    {
        if (bytesPerSecond <= 0)
            return true;
        ref var bucket = ref fromClient ? ref _fromClient : ref _toClient;
        return bucket.TryTake(bytes, bytesPerSecond, Math.Max(bytesPerSecond, DatagramLimits.BufferLength), now);
    }
}

/// <summary>The odd port that an EVEN-PORT asked for, kept 30 seconds for the Allocate with its token (RFC 8656 section 7.2).</summary>
internal sealed class Reservation(ulong token, string user, RelayedAddress relayed) : ITimed
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(30);

    public ulong Token { get; } = token;

    public string User { get; } = user;

    public RelayedAddress Relayed { get; } = relayed;

    int ITimed.TimerIndex { get; set; } = -1;

    Instant ITimed.TimerDue { get; set; }
}
