using System.Diagnostics.CodeAnalysis;
using Ttm.Rtc.Srtp;

namespace Ttm.Rtc.Dtls;

/// <summary>
/// A <see cref="DtlsTransport"/> whose work is done elsewhere, because a handshake costs about a millisecond and the session's thread carries the
/// audio of others. What there is to do gathers here, is taken as one piece of <see cref="DtlsWork"/>, run by anyone, and given back; between
/// the two the association belongs to whoever runs the work. Everything but <see cref="DtlsWork.Run"/> is called by the session's thread.
/// </summary>
public sealed class OffloadedDtls : IDtlsAssociation
{
    /// <summary>A flight has few datagrams; what comes beyond some flights is repeated by the peer.</summary>
    public const int MaxWaiting = 16;

    private readonly DtlsTransport _dtls;
    private List<byte[]> _waiting = [];
    private SrtpContext? _inbound;
    private SrtpContext? _outbound;
    private bool _hasKeys;
    private bool _wantsStart;
    private bool _wantsTick;
    private bool _isAway;
    private bool _isDisposed;

    /// <param name="dtls">Becomes this one's own; not started.</param>
    public OffloadedDtls(DtlsTransport dtls) => _dtls = dtls;

    /// <summary>As of the last work that was given back.</summary>
    public DtlsState State { get; private set; }

    public string? FailureReason { get; private set; }

    public Instant NextTick => _isAway || _isDisposed ? Instant.Never : _dtls.NextTick;

    public void Start(Instant now)
    {
        if (State != DtlsState.New)
            return;
        State = DtlsState.Handshaking;
        _wantsStart = true;
    }

    public DropReason Receive(ReadOnlySpan<byte> datagram, Instant now)
    {
        if (State == DtlsState.New)
            return DropReason.NotConnected;
        if (State is DtlsState.Failed or DtlsState.Closed)
            return DropReason.DtlsFailed;
        if (!DtlsRecord.AreWellFormed(datagram, out _))
            return DropReason.MalformedDtls;
        if (_waiting.Count == MaxWaiting)
            return DropReason.QueueFull;
        _waiting.Add(datagram.ToArray());
        return DropReason.None;
    }

    public void Tick(Instant now) => _wantsTick |= now >= NextTick;

    public bool TryTakeDatagram(Span<byte> buffer, out int length)
    {
        length = 0;
        return !_isAway && _dtls.TryTakeDatagram(buffer, out length);
    }

    public bool TryCreateSrtp([NotNullWhen(true)] out SrtpContext? inbound, [NotNullWhen(true)] out SrtpContext? outbound)
    {
        (inbound, outbound) = (_inbound, _outbound);
        (_inbound, _outbound) = (null, null);
        return inbound is not null && outbound is not null;
    }

    /// <summary>While a worker has the association there is no close_notify: the peer learns of the end by its consent checks.</summary>
    public void Close()
    {
        if (!_isAway)
            _dtls.Close();
        if (State != DtlsState.Failed)
            State = DtlsState.Closed;
    }

    public void Dispose()
    {
        _isDisposed = true;
        _inbound?.Dispose();
        _outbound?.Dispose();
        if (!_isAway)
            _dtls.Dispose();
    }

    /// <summary>What there is to do, one piece at a time: false where there is nothing, or the last piece is not back.</summary>
    public bool TryTakeWork(Instant now, [NotNullWhen(true)] out DtlsWork? work)
    {
        work = null;
        if (_isAway || _isDisposed || (!_wantsStart && !_wantsTick && _waiting.Count == 0) || State is DtlsState.Failed or DtlsState.Closed)
            return false;
        work = new DtlsWork(_dtls, _wantsStart, _wantsTick, _waiting, !_hasKeys, now);
        _isAway = true;
        _wantsStart = _wantsTick = false;
        _waiting = [];
        return true;
    }

    /// <summary>The association is this thread's again.</summary>
    /// <returns>Why a datagram of the work was not used.</returns>
    public DropReason GiveBack(DtlsWork work)
    {
        _isAway = false;
        if (_isDisposed)
        {
            work.Inbound?.Dispose();
            work.Outbound?.Dispose();
            _dtls.Dispose();
            return DropReason.None;
        }

        if (work.Inbound is not null)
            (_inbound, _outbound, _hasKeys) = (work.Inbound, work.Outbound, true);
        if (State is DtlsState.New or DtlsState.Handshaking or DtlsState.Connected)
            (State, FailureReason) = (_dtls.State, _dtls.FailureReason);
        return work.Reason;
    }
}
