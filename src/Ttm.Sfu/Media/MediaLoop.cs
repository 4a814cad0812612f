using Ttm.Net;
using Ttm.Net.Tcp;
using Ttm.Rtc;
using Ttm.Rtc.Dtls;
using Ttm.Rtc.Ice;
using Ttm.Rtc.Rtcp;

namespace Ttm.Sfu.Media;

/// <summary>
/// Gives each datagram to its session and keeps the sessions' timers. Runs on the <see cref="UdpLoop"/>'s thread alone; a bug in one session costs
/// that session.
/// </summary>
internal sealed class MediaLoop : IDatagramHandler, IStreamHandler, IPortHost
{
    private readonly IDatagramSocket _socket;
    private readonly SessionIndex _sessions = new();
    private readonly TimerQueue<MediaSession> _timers = new();
    private readonly MediaClock _clock;
    private readonly Action<MediaSession, Exception> _onFault;
    private Instant _now;

    /// <param name="onFault">Told of a bug that has cost a session its life.</param>
    public MediaLoop(IDatagramSocket socket, MediaClock clock, Action<MediaSession, Exception> onFault)
    {
        _socket = socket;
        _clock = clock;
        _onFault = onFault;
    }

    public MediaCounters Counters { get; } = new();

    /// <summary>Sessions by state and path; read by anyone.</summary>
    public SessionCounts Sessions { get; } = new();

    /// <summary>Sessions now; read by anyone.</summary>
    public int SessionCount { get; private set; }

    /// <summary>Gets what belongs to no session; null where nobody is there.</summary>
    public IPortGuest? Guest { get; set; }

    /// <summary>Has the handshakes of sessions run on other threads; each piece comes back by <see cref="GiveBack"/>.</summary>
    public HandshakeWorkers? Workers { get; set; }

    /// <summary>The TCP connections.</summary>
    public TcpFlows Flows { get; } = new();

    public Instant NextTick => Guest is null ? _timers.NextDue : Instant.Min(_timers.NextDue, Guest.NextTick);

    public NtpTime ToNtp(Instant now) => NtpTime.From(_clock.ToWallTime(now));

    public Span<byte> GetSendBuffer() => _socket.GetSendBuffer();

    /// <summary>Sends the first <paramref name="length"/> bytes of the send buffer.</summary>
    public void Send(int length, in TransportAddress to)
    {
        if (to.Kind == TransportKind.Udp)
            _socket.Send(length, to);
        else if (to.Kind == TransportKind.Relay && Guest is not null)
            Guest.Send(GetSendBuffer()[..length], to, _now);
        else if (to.Kind != TransportKind.Tcp || !Flows.TrySend(to, GetSendBuffer()[..length]))
            Counters.Drop(DropReason.SendFailed);
    }

    void IPortHost.Send(ReadOnlySpan<byte> datagram, in TransportAddress to)
    {
        datagram.CopyTo(GetSendBuffer());
        Send(datagram.Length, to);
    }

    void IPortHost.Deliver(Span<byte> datagram, in TransportAddress from, Instant now) => OnDatagram(datagram, from, now);

    bool IStreamHandler.OnOpened(TcpFlow flow, Instant now) => Flows.TryAdd(flow);

    void IStreamHandler.OnDatagram(Span<byte> datagram, TcpFlow flow, Instant now) => OnDatagram(datagram, flow.Address, now);

    bool IStreamHandler.IsInUse(TcpFlow flow) => _sessions.TryFind(flow.Address, out _) || Guest?.IsInUse(flow.Address) is true;

    void IStreamHandler.OnClosed(TcpFlow flow, Instant now)
    {
        Flows.Remove(flow);
        _sessions.Forget(flow.Address);
        Guest?.OnClosed(flow.Address);
    }

    public void Add(MediaSession session, Instant now)
    {
        session.Loop = this;
        SessionCount++;
        _sessions.SetUfrags(session);
        Settle(session, now);
    }

    /// <summary>Says goodbye and forgets the session. Closing it twice changes nothing.</summary>
    public void Close(MediaSession session, string reason, Instant now)
    {
        session.Transport.Close(reason);
        Settle(session, now);
    }

    /// <summary>Starts a new ICE generation; the old path goes on until the new one is nominated.</summary>
    public void Restart(MediaSession session, IceCredentials local, IceCredentials remote, Instant now)
    {
        ((IceLiteAgent)session.Transport.Ice).Restart(local, remote, now);
        _sessions.SetUfrags(session);
        Settle(session, now);
    }

    /// <summary>A piece of a handshake has been run.</summary>
    public void GiveBack(MediaSession session, DtlsWork work, Instant now)
    {
        _now = now;
        try
        {
            var reason = session.Transport.GiveBack(work, now);
            if (reason != DropReason.None)
                Counters.Drop(reason);
            if (work.Fault is { } fault)
                Fail(session, fault, now);
            else
                Settle(session, now);
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            Fail(session, fault, now);
        }
    }

    /// <summary>Sets the session's timer anew, after its media was switched.</summary>
    public void Reschedule(MediaSession? session)
    {
        if (session is not null && session.ReportedState != RtcSessionState.Closed)
            _timers.Set(session, session.NextTick);
    }

    public SessionPath PathOf(MediaSession session)
    {
        var transport = session.Transport;
        if (transport.Ice.State != IceState.Connected)
            return SessionPath.None;
        var remote = transport.Remote;
        if (remote.Kind != TransportKind.Relay)
            return remote.Kind == TransportKind.Udp ? SessionPath.Udp : FlowNumber.IsTls(remote.Flow) ? SessionPath.IceTls : SessionPath.IceTcp;
        if (Guest is null || !Guest.TryFindClient(remote, out var client))
            return SessionPath.None;
        return client.Kind == TransportKind.Udp ? SessionPath.TurnUdp : FlowNumber.IsTls(client.Flow) ? SessionPath.TurnTls : SessionPath.TurnTcp;
    }

    public void OnDatagram(Span<byte> datagram, in TransportAddress from, Instant now)
    {
        _now = now;
        var kind = MediaDemux.Classify(datagram);
        var reason = Find(kind, datagram, from, out var session);

        // What came out of a tunnel may not dig another one.
        if (reason is DropReason.UnexpectedStun && from.Kind != TransportKind.Relay && Guest is not null)
            reason = Guest.Receive(datagram, from, now);
        if (session is null)
        {
            if (reason != DropReason.None)
                Counters.Drop(reason);
            return;
        }

        try
        {
            Dispatch(session, datagram, from, now);
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            Fail(session, fault, now);
        }
    }

    public void OnTick(Instant now)
    {
        _now = now;
        Guest?.Tick(now);
        while (_timers.TryTakeDue(now, out var session))
        {
            try
            {
                session.Tick(now);
                Settle(session, now);
            }
            catch (Exception fault) when (fault is not OutOfMemoryException)
            {
                Fail(session, fault, now);
            }
        }
    }

    private DropReason Find(DatagramKind kind, ReadOnlySpan<byte> datagram, in TransportAddress from, out MediaSession? session)
    {
        session = null;
        if (kind == DatagramKind.Stun)
            return _sessions.FindByCheck(datagram, from, out session);
        if (kind == DatagramKind.TurnChannel)
            return DropReason.UnexpectedStun;
        if (_sessions.TryFind(from, out session))
            return DropReason.None;
        return kind == DatagramKind.Unknown ? DropReason.UnknownProtocol : DropReason.UnknownAddress;
    }

    private void Dispatch(MediaSession session, Span<byte> datagram, in TransportAddress from, Instant now)
    {
        var reason = session.Transport.Receive(datagram, from, now, out var kind, out int length);
        session.Flight.Received(kind, datagram, reason, now);
        if (reason != DropReason.None)
            Counters.Drop(reason);
        else if (kind == DatagramKind.Rtp)
            session.OnRtp(datagram[..length], now);
        else if (kind == DatagramKind.Rtcp)
            OnRtcp(session, datagram[..length], now);
        else if (kind == DatagramKind.Stun)
            _sessions.Remember(session, from);

        // Media changes neither transport nor timers.
        if (kind != DatagramKind.Rtp)
            Settle(session, now);
    }

    private void OnRtcp(MediaSession session, ReadOnlySpan<byte> datagram, Instant now)
    {
        if (RtcpCompound.TryParse(datagram, out var compound))
            session.OnRtcp(compound, now);
        else
            Counters.Drop(DropReason.MalformedRtcp);
    }

    /// <summary>After anything that may have changed a session: sends what it has to say, tells of its state, sets its timer.</summary>
    private void Settle(MediaSession session, Instant now)
    {
        if (session.ReportedState == RtcSessionState.Closed)
            return;
        while (session.Transport.TryTakeDatagram(GetSendBuffer(), out int length, out var to))
        {
            session.Flight.Sent(GetSendBuffer()[..length], now);
            Send(length, to);
        }

        if (Workers is not null && session.Transport.TryTakeWork(now, out var work))
            Workers.Run(session, work);

        var state = session.Transport.State;
        if (state != session.ReportedState)
            Report(session, state, now);
        if (Sessions.Move(session, state, PathOf(session)))
            session.Flight.Path(session.Place.Path, now);
        Reschedule(session);
    }

    private void Report(MediaSession session, RtcSessionState state, Instant now)
    {
        session.ReportedState = state;
        session.Flight.State(state, now);
        if (state == RtcSessionState.Connected)
        {
            session.OnConnected(now);
        }
        else
        {
            _timers.Remove(session);
            _sessions.Remove(session);
            SessionCount--;
            session.OnClosed(now);
            session.Dispose();
        }

        session.StateChanged?.Invoke(session, state);
    }

    private void Fail(MediaSession session, Exception fault, Instant now)
    {
        _onFault(session, fault);
        Close(session, "internal error", now);
    }
}
