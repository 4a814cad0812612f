using System.Buffers.Binary;
using Ttm.Rtc.Stun;

namespace Ttm.Rtc.Ice;

/// <summary>
/// The client's end towards a lite server: checks each remote candidate, nominates the first pair that works (regular nomination,
/// RFC 8445 section 8.1.1), and keeps consent by further checks (RFC 7675), which nominate again, so that a NAT that gives a new mapping is
/// healed. One local socket; the role never changes.
/// </summary>
public sealed class IceControllingAgent : IIceAgent
{
    private const int RequestLimit = 640;
    private const int NominationTransmissions = 7;

    private readonly IceControllingOptions _options;
    private readonly IRandomness _randomness;
    private readonly ulong _tieBreaker;
    private readonly IceDatagramQueue _queue;
    private readonly IceBindingServer _server;
    private readonly IceRemotes _remotes;
    private readonly IceCheckList _checks;
    private IceGeneration _current;
    private IceCheck? _selected;
    private Instant _connectUntil;
    private Instant _consentUntil = Instant.Never;
    private Instant _nextPaced;

    public IceControllingAgent(
        IceCredentials local,
        IceCredentials remote,
        IEnumerable<TransportAddress> remoteCandidates,
        IRandomness randomness,
        Instant now,
        IceControllingOptions? options = null)
    {
        _options = options ?? IceControllingOptions.Default;
        _randomness = randomness;
        Span<byte> bytes = stackalloc byte[8];
        randomness.Fill(bytes);
        _tieBreaker = BinaryPrimitives.ReadUInt64BigEndian(bytes);
        _queue = new IceDatagramQueue(_options.MaxPairs + 4, RequestLimit);
        _server = new IceBindingServer(_queue, StunAttribute.IceControlling);
        _remotes = new IceRemotes(_options.MaxPairs);
        _checks = new IceCheckList(_options.MaxPairs);
        _current = new IceGeneration(0, local, remote);
        Start(remoteCandidates, now);
    }

    public IceState State { get; private set; } = IceState.Checking;

    public TransportAddress Selected => _selected?.Remote ?? default;

    /// <summary>This end as the server saw it in its last answer.</summary>
    public TransportAddress Mapped { get; private set; }

    public IceCredentials Local => _current.Local;

    public Instant NextTick
    {
        get
        {
            if (State == IceState.Failed)
                return Instant.Never;
            var next = State == IceState.Connected ? _consentUntil : _connectUntil;
            foreach (var check in _checks.All)
            {
                if (check.State == IceCheckState.InProgress || check == _selected)
                    next = Instant.Min(next, check.NextSend);
                else if (check.State == IceCheckState.Waiting)
                    next = Instant.Min(next, _nextPaced);
            }

            return next;
        }
    }

    private bool HasCurrentPair => _selected is not null && _selected.Generation == _current;

    public bool IsValidated(in TransportAddress remote)
    {
        foreach (var check in _checks.All)
        {
            if (check.IsValid && check.Remote == remote)
                return true;
        }

        return _remotes.Contains(remote);
    }

    /// <summary>A trickled candidate. One that is known already, or that comes when a pair is selected, changes nothing.</summary>
    public void AddRemoteCandidate(in TransportAddress remote)
    {
        if (!HasCurrentPair)
            _checks.Add(remote, _current);
    }

    /// <summary>ICE restart: the selected pair stays until one with the new credentials is nominated.</summary>
    public void Restart(IceCredentials local, IceCredentials remote, IEnumerable<TransportAddress> remoteCandidates, Instant now)
    {
        _current = new IceGeneration(_current.Number + 1, local, remote);
        _checks.KeepOnly(_selected);
        if (State == IceState.Failed)
            State = IceState.Checking;
        Start(remoteCandidates, now);
    }

    public DropReason Receive(ReadOnlySpan<byte> datagram, in TransportAddress from, Instant now)
    {
        if (!StunMessage.TryParse(datagram, out var message))
            return DropReason.MalformedStun;
        if (message.Method != StunMethod.Binding)
            return DropReason.UnexpectedStun;
        if (message.HasAttribute(StunAttribute.Fingerprint) && !message.VerifyFingerprint())
            return DropReason.BadFingerprint;

        return message.Class switch
        {
            StunClass.Request => OnRequest(message, from, now),
            StunClass.Indication => DropReason.None,
            _ => OnResponse(message, from, now),
        };
    }

    public void Tick(Instant now)
    {
        if (State == IceState.Connected && now >= _consentUntil)
            LoseConsent();
        if (State == IceState.Checking && now >= _connectUntil)
            Fail();
        if (State == IceState.Failed)
            return;

        foreach (var check in _checks.All)
        {
            if (check == _selected && now >= check.NextSend)
                SendConsentCheck(check, now);
            else if (check.State == IceCheckState.InProgress && now >= check.NextSend)
                Send(check, now);
        }

        if (now >= _nextPaced && _checks.NextWaiting() is { } waiting)
        {
            waiting.Begin(_randomness, nominate: false, _options.InitialRto, now);
            Send(waiting, now);
            _nextPaced = now + _options.Pacing;
        }

        GiveUpNomination(now);
    }

    public bool TryTakeDatagram(Span<byte> buffer, out int length, out TransportAddress to) => _queue.TryTake(buffer, out length, out to);

    private void Start(IEnumerable<TransportAddress> remoteCandidates, Instant now)
    {
        foreach (var remote in remoteCandidates)
            AddRemoteCandidate(remote);
        _connectUntil = now + _options.ConnectTimeout;
        _nextPaced = now;
    }

    private DropReason OnRequest(in StunMessage request, in TransportAddress from, Instant now)
    {
        if (State == IceState.Failed)
            return DropReason.NotConnected;
        var previous = HasCurrentPair ? null : _selected?.Generation;
        var reason = _server.Judge(request, from, _current, previous, out var generation);
        if (reason != DropReason.None || generation is null)
            return reason;
        _remotes.Add(from, generation.Number, now, Selected);
        if (generation == _current)
            AddRemoteCandidate(from); // peer-reflexive (RFC 8445 section 7.3.1.3)
        return _server.Accept(request, from, generation);
    }

    private DropReason OnResponse(in StunMessage response, in TransportAddress from, Instant now)
    {
        // RFC 8445 section 7.2.5.2.1: the answer comes from where the check went.
        var check = _checks.Find(response.TransactionId);
        if (check is null || check.Remote != from)
            return DropReason.UnexpectedStun;

        bool authentic = response.VerifyIntegrity(check.Generation.RemotePassword);
        if (response.Class == StunClass.ErrorResponse)
            return OnError(response, check, authentic, now);
        if (!authentic)
            return DropReason.BadIntegrity;

        if (response.TryGetXorAddress(StunAttribute.XorMappedAddress, out var mapped))
            Mapped = mapped;
        check.IsValid = true;
        if (check == _selected)
            KeepConsent(check, now);
        else if (check.IsNominating)
            Select(check, now);
        else
            check.State = IceCheckState.Succeeded;
        if (check.State == IceCheckState.Succeeded && !HasCurrentPair && !_checks.IsNominating(_current))
            Nominate(check, now);
        return DropReason.None;
    }

    private DropReason OnError(in StunMessage response, IceCheck check, bool authentic, Instant now)
    {
        if (!response.TryGetErrorCode(out var code, out _))
            return DropReason.MalformedStun;

        // 400 and 401 carry no integrity, for the other end knows no key; whoever guessed the transaction ID saw the request.
        if (!authentic && code is not (StunErrorCode.BadRequest or StunErrorCode.Unauthenticated))
            return DropReason.BadIntegrity;
        if (check == _selected)
            return DropReason.None; // consent runs out if it stays so
        if (code == StunErrorCode.RoleConflict)
            check.Begin(_randomness, check.IsNominating, _options.InitialRto, now + check.Rto);
        else
            check.State = IceCheckState.Failed;
        return DropReason.None;
    }

    private void Select(IceCheck check, Instant now)
    {
        // Regular nomination: one pair, and the other checks end (RFC 8445 section 8.1.2).
        _selected = check;
        _checks.EndAll(_current);
        _remotes.KeepFrom(_current.Number);
        State = IceState.Connected;
        KeepConsent(check, now);
    }

    private void SendConsentCheck(IceCheck check, Instant now)
    {
        check.Begin(_randomness, nominate: true, _options.MaxRto, now);
        Send(check, now);

        // A lost check or answer is followed up sooner than RFC 7675 asks, by a new transaction: 10 % loss must not end a lesson.
        check.State = IceCheckState.Succeeded;
    }

    private void KeepConsent(IceCheck check, Instant now)
    {
        _consentUntil = now + _options.ConsentTimeout;
        check.NextSend = now + NextConsentInterval();
    }

    private TimeSpan NextConsentInterval()
    {
        Span<byte> chance = stackalloc byte[1];
        _randomness.Fill(chance);
        return _options.ConsentInterval * (0.8 + (0.4 * chance[0] / 255));
    }

    private void Send(IceCheck check, Instant now)
    {
        if (_queue.TryReserve(out var buffer))
            _queue.Commit(check.Write(buffer, _tieBreaker), check.Remote);
        check.Transmissions++;
        check.NextSend = now + check.Rto;
        check.Rto = TimeSpan.FromTicks(Math.Min(check.Rto.Ticks * 2, _options.MaxRto.Ticks));
    }

    private void Nominate(IceCheck check, Instant now)
    {
        check.Begin(_randomness, nominate: true, _options.InitialRto, now);
        Send(check, now);
    }

    /// <summary>A nomination without an answer makes way for the next pair that works, and is tried again after it.</summary>
    private void GiveUpNomination(Instant now)
    {
        if (_checks.SilentNomination(_current, NominationTransmissions) is not { } silent)
            return;
        silent.State = IceCheckState.Waiting;
        if (_checks.NextSucceeded(_current) is { } next)
            Nominate(next, now);
    }

    private void LoseConsent()
    {
        if (HasCurrentPair)
        {
            Fail();
            return;
        }

        // The new generation may still connect; the old one is over.
        _checks.KeepGeneration(_current);
        _selected = null;
        State = IceState.Checking;
    }

    private void Fail()
    {
        State = IceState.Failed;
        _selected = null;
        _checks.KeepOnly(null);
        _remotes.Clear();
        _consentUntil = Instant.Never;
    }
}
