using Ttm.Rtc.Stun;

namespace Ttm.Rtc.Ice;

/// <summary>
/// The server's end: a lite, always controlled agent that answers checks and sends none (RFC 8445 sections 2.5, 7.3.2, 8.2). It is told of
/// no remote candidates: addresses become valid by authenticated checks, and the last nominated one is selected, so that the pair follows
/// a client whose address changes. Single-threaded; allocates only at construction and restart.
/// </summary>
public sealed class IceLiteAgent : IIceAgent
{
    private const int QueueLength = 4;

    /// <summary>420 with eight types and MESSAGE-INTEGRITY-SHA256 has 112 bytes.</summary>
    private const int AnswerLimit = 128;

    private readonly IceLiteOptions _options;
    private readonly IceDatagramQueue _queue = new(QueueLength, AnswerLimit);
    private readonly IceBindingServer _server;
    private readonly IceRemotes _remotes;
    private TransportAddress _selected;
    private IceGeneration _current;
    private IceGeneration? _previous;
    private IceGeneration? _selectedBy;
    private Instant _connectUntil;
    private Instant _consentUntil = Instant.Never;
    private Instant _graceUntil = Instant.Never;

    public IceLiteAgent(IceCredentials local, IceCredentials remote, Instant now, IceLiteOptions? options = null)
    {
        _options = options ?? IceLiteOptions.Default;
        _server = new IceBindingServer(_queue, StunAttribute.IceControlled);
        _remotes = new IceRemotes(Math.Max(_options.MaxRemotes, 2));
        _current = new IceGeneration(0, local, remote);
        _connectUntil = now + _options.ConnectTimeout;
        LocalUfrags = [local.Ufrag];
    }

    public IceState State { get; private set; } = IceState.Checking;

    public TransportAddress Selected => _selected;

    /// <summary>The newest local credentials.</summary>
    public IceCredentials Local => _current.Local;

    /// <summary>The newest remote credentials.</summary>
    public IceCredentials Remote => _current.Remote;

    /// <summary>True from <see cref="Restart"/> until a check with the new credentials nominates, or the old pair fails.</summary>
    public bool IsRestarting => _previous is not null;

    /// <summary>
    /// The ufrags by which checks find this agent: the newest first, then the previous one while a restart is under way. A new list
    /// each time that it changes, so that comparing references tells.
    /// </summary>
    public IReadOnlyList<string> LocalUfrags { get; private set; }

    public Instant NextTick => State switch
    {
        IceState.Connected => Instant.Min(_consentUntil, _graceUntil),
        IceState.Checking => Instant.Min(_connectUntil, _graceUntil),
        _ => Instant.Never,
    };

    public bool IsValidated(in TransportAddress remote) => _remotes.Contains(remote);

    /// <summary>
    /// ICE restart (RFC 8445 section 9). What connects now, credentials, addresses and the selected pair, goes on working until a check
    /// with the new credentials nominates. After <see cref="IceState.Failed"/> nothing of the old is left (RFC 7675 section 5.1).
    /// </summary>
    public void Restart(IceCredentials local, IceCredentials remote, Instant now)
    {
        // A restart during a restart replaces the one that never came to anything, unless nothing else connects.
        if (State == IceState.Failed)
            State = IceState.Checking;
        else if (_previous is null || _selectedBy != _previous)
            _previous = _current;

        _current = new IceGeneration(_current.Number + 1, local, remote);
        _connectUntil = now + _options.ConnectTimeout;
        ListUfrags();
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
            StunClass.Indication => DropReason.None, // a keepalive (RFC 8445 section 11): it proves nothing
            _ => DropReason.UnexpectedStun,
        };
    }

    public void Tick(Instant now)
    {
        if (now >= _graceUntil)
        {
            _graceUntil = Instant.Never;
            if (_previous is null)
                _remotes.KeepFrom(_current.Number);
        }

        if (State == IceState.Connected && now >= _consentUntil)
            LoseConsent();
        if (State == IceState.Checking && now >= _connectUntil)
            Fail();
    }

    public bool TryTakeDatagram(Span<byte> buffer, out int length, out TransportAddress to) => _queue.TryTake(buffer, out length, out to);

    private DropReason OnRequest(in StunMessage request, in TransportAddress from, Instant now)
    {
        // Consent that is lost is not given again by the same credentials (RFC 7675 section 5.1).
        if (State == IceState.Failed)
            return DropReason.NotConnected;

        var reason = _server.Judge(request, from, _current, _previous, out var generation);
        if (reason != DropReason.None || generation is null)
            return reason;
        reason = _server.Accept(request, from, generation);
        if (reason != DropReason.None)
            return reason;

        _remotes.Add(from, generation.Number, now, _selected);
        if (request.HasAttribute(StunAttribute.UseCandidate))
            Select(from, generation);
        if (State == IceState.Connected && from == _selected)
            _consentUntil = now + _options.ConsentTimeout;
        if (_selectedBy == _current && _previous is not null)
            FinishRestart(now);
        return DropReason.None;
    }

    private void Select(in TransportAddress remote, IceGeneration generation)
    {
        _selected = remote;
        _selectedBy = generation;
        State = IceState.Connected;
    }

    private void FinishRestart(Instant now)
    {
        _previous = null;
        _graceUntil = now + _options.PreviousPathGrace;
        ListUfrags();
    }

    private void LoseConsent()
    {
        if (_previous is null)
        {
            Fail();
            return;
        }

        // The new generation may still connect; the old one is over.
        Forget();
        State = IceState.Checking;
    }

    private void Fail()
    {
        Forget();
        _remotes.Clear();
        State = IceState.Failed;
    }

    private void Forget()
    {
        _previous = null;
        _selectedBy = null;
        _selected = default;
        _consentUntil = Instant.Never;
        _graceUntil = Instant.Never;
        _remotes.KeepFrom(_current.Number);
        ListUfrags();
    }

    private void ListUfrags() =>
        LocalUfrags = _previous is null ? [_current.Local.Ufrag] : [_current.Local.Ufrag, _previous.Local.Ufrag];
}
