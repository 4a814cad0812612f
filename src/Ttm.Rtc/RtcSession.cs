using System.Diagnostics.CodeAnalysis;
using Ttm.Rtc.Dtls;
using Ttm.Rtc.Ice;
using Ttm.Rtc.Srtp;

namespace Ttm.Rtc;

public enum RtcSessionState
{
    /// <summary>ICE or DTLS is not done: no media yet.</summary>
    Connecting,

    /// <summary>Media flows.</summary>
    Connected,

    /// <summary>For good: consent expired, the handshake failed, or either side said goodbye.</summary>
    Closed,
}

/// <summary>
/// One peer's transport: ICE, DTLS and SRTP joined for one BUNDLE with rtcp-mux. No I/O: datagrams go in, and after each call that may answer
/// (STUN, DTLS, <see cref="Tick"/>, <see cref="Close"/>) the caller takes datagrams until there are none. Media costs no such draining. With an
/// <see cref="OffloadedDtls"/> it also takes the work that there is, has it run on another thread, and gives it back.
/// </summary>
public sealed class RtcSession : IDisposable
{
    private readonly IDtlsAssociation _dtls;
    private SrtpContext? _inbound;
    private SrtpContext? _outbound;
    private bool _dtlsStarted;

    public RtcSession(IIceAgent ice, IDtlsAssociation dtls)
    {
        Ice = ice;
        _dtls = dtls;
    }

    public IIceAgent Ice { get; }

    public RtcSessionState State { get; private set; }

    /// <summary>Why it is closed, in words for a log; null where it is not.</summary>
    public string? CloseReason { get; private set; }

    /// <summary>Where media goes now.</summary>
    public TransportAddress Remote => Ice.Selected;

    /// <summary>Bytes that protection adds to an RTP or RTCP packet, at most.</summary>
    public const int MaxOverhead = SrtpContext.MaxOverhead;

    public Instant NextTick => State == RtcSessionState.Closed ? Instant.Never : Instant.Min(Ice.NextTick, _dtls.NextTick);

    /// <summary>
    /// Takes a datagram. Where it was media, it is decrypted in place: <paramref name="kind"/> says which, <paramref name="length"/> how long it now
    /// is. <see cref="DropReason.None"/> where it was used.
    /// </summary>
    public DropReason Receive(Span<byte> datagram, in TransportAddress from, Instant now, out DatagramKind kind, out int length)
    {
        kind = MediaDemux.Classify(datagram);
        length = datagram.Length;
        if (State == RtcSessionState.Closed)
            return DropReason.NotConnected;
        switch (kind)
        {
            case DatagramKind.Rtp:
                return _inbound is null ? DropReason.NoKeys : _inbound.UnprotectRtp(datagram, out length);
            case DatagramKind.Rtcp:
                return _inbound is null ? DropReason.NoKeys : _inbound.UnprotectRtcp(datagram, out length);
            case DatagramKind.Stun:
                var stun = Ice.Receive(datagram, from, now);
                Advance(now);
                return stun;
            case DatagramKind.Dtls:
                if (!Ice.IsValidated(from))
                    return DropReason.NotConnected;
                var dtls = _dtls.Receive(datagram, now);
                Advance(now);
                return dtls;
            default:
                return DropReason.UnknownProtocol;
        }
    }

    public void Tick(Instant now)
    {
        if (State == RtcSessionState.Closed)
            return;
        Ice.Tick(now);
        if (_dtlsStarted)
            _dtls.Tick(now);
        Advance(now);
    }

    /// <summary>The next datagram of ICE or DTLS; false where there is none. Nothing but answers to checks goes to a peer before a pair is selected.</summary>
    public bool TryTakeDatagram(Span<byte> buffer, out int length, out TransportAddress to)
    {
        if (Ice.TryTakeDatagram(buffer, out length, out to))
            return true;
        to = Ice.Selected;
        return Ice.State == IceState.Connected && _dtls.TryTakeDatagram(buffer, out length);
    }

    /// <summary>DTLS work to be run elsewhere; see <see cref="OffloadedDtls.TryTakeWork"/>.</summary>
    public bool TryTakeWork(Instant now, [NotNullWhen(true)] out DtlsWork? work)
    {
        work = null;
        return _dtls is OffloadedDtls offloaded && offloaded.TryTakeWork(now, out work);
    }

    /// <summary>The work has been run. To be drained after it, as after <see cref="Receive"/>.</summary>
    /// <returns>Why a datagram of it was not used.</returns>
    public DropReason GiveBack(DtlsWork work, Instant now)
    {
        var reason = ((OffloadedDtls)_dtls).GiveBack(work);
        if (State != RtcSessionState.Closed)
            Advance(now);
        return reason;
    }

    /// <summary>Encrypts in place the RTP packet of <paramref name="length"/> bytes; <paramref name="buffer"/> has <see cref="MaxOverhead"/> to spare.</summary>
    public bool TryProtectRtp(Span<byte> buffer, int length, out int protectedLength)
    {
        protectedLength = 0;
        return _outbound is not null && _outbound.TryProtectRtp(buffer, length, out protectedLength);
    }

    /// <summary>The same for a compound RTCP packet.</summary>
    public bool TryProtectRtcp(Span<byte> buffer, int length, out int protectedLength)
    {
        protectedLength = 0;
        return _outbound is not null && _outbound.TryProtectRtcp(buffer, length, out protectedLength);
    }

    /// <summary>Says goodbye (DTLS close_notify, to be drained) and ends.</summary>
    public void Close(string reason)
    {
        if (State == RtcSessionState.Closed)
            return;
        _dtls.Close();
        End(reason);
    }

    public void Dispose()
    {
        _dtls.Dispose();
        _inbound?.Dispose();
        _outbound?.Dispose();
    }

    private void Advance(Instant now)
    {
        if (Ice.State == IceState.Failed)
        {
            End("ICE consent expired");
            return;
        }

        if (!_dtlsStarted && Ice.State == IceState.Connected)
        {
            _dtlsStarted = true;
            _dtls.Start(now);
        }

        if (_dtls.State == DtlsState.Failed)
            End(_dtls.FailureReason ?? "DTLS failed");
        else if (_dtls.State == DtlsState.Closed)
            End("closed by the peer");
        else if (State == RtcSessionState.Connecting && _dtls.State == DtlsState.Connected && Ice.State == IceState.Connected)
            TakeKeys();
    }

    private void TakeKeys()
    {
        if (_dtls.TryCreateSrtp(out _inbound, out _outbound))
            State = RtcSessionState.Connected;
        else
            End("no SRTP profile in common");
    }

    private void End(string reason)
    {
        State = RtcSessionState.Closed;
        CloseReason = reason;
    }
}
