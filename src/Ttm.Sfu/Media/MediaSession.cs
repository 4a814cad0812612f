using Ttm.Net;
using Ttm.Rtc;
using Ttm.Rtc.Rtcp;
using Ttm.Sfu.Media.Flight;

namespace Ttm.Sfu.Media;

/// <summary>
/// One participant's connection on the media loop: its transport, its reports, its timer. What becomes of its media is the subclass's
/// matter. Owned by the loop: nobody else may touch it once it is added.
/// </summary>
internal abstract class MediaSession : ITimed, IDisposable
{
    // The ICE agent remembers 32 paths; twice that leaves room for stale ones between sweeps.
    private const int AddressLimit = 64;

    private readonly Instant _startedAt;
    private ReportSchedule _reports;

    protected MediaSession(string id, RtcSession transport, IRandomness randomness, Instant now)
    {
        Id = id;
        Transport = transport;
        _startedAt = now;
        Flight = new FlightRing(now);
        _reports = new ReportSchedule(ReportSchedule.UsualInterval, randomness, now);
    }

    /// <summary>As in the session URL.</summary>
    public string Id { get; }

    public RtcSession Transport { get; }

    /// <summary>What has happened to it lately.</summary>
    public FlightRing Flight { get; }

    /// <summary>Where the loop counts it; see <see cref="SessionCounts"/>.</summary>
    public SessionPlace Place { get; set; }

    /// <summary>Told once of Connected and once of Closed, on the loop: must only hand it on.</summary>
    public Action<MediaSession, RtcSessionState>? StateChanged { get; set; }

    /// <summary>Addresses by which the loop finds this session.</summary>
    public List<TransportAddress> Addresses { get; } = new(4);

    /// <summary>User name fragments by which the loop finds this session.</summary>
    public List<string> Ufrags { get; } = new(2);

    public int TimerIndex { get; set; } = -1;

    public Instant TimerDue { get; set; }

    /// <summary>The loop it was added to.</summary>
    public MediaLoop? Loop { get; set; }

    /// <summary>The state that was last told.</summary>
    public RtcSessionState ReportedState { get; set; }

    public bool CanRemember => Addresses.Count < AddressLimit;

    public Instant NextTick => Transport.State == RtcSessionState.Connected
        ? Instant.Min(Instant.Min(Transport.NextTick, _reports.Next), NextMediaTick)
        : Transport.NextTick;

    /// <summary>When <see cref="TickMedia"/> is due; asked only while connected.</summary>
    protected virtual Instant NextMediaTick => Instant.Never;

    public abstract void OnRtp(ReadOnlySpan<byte> datagram, Instant now);

    public abstract void OnRtcp(in RtcpCompound compound, Instant now);

    public void Tick(Instant now)
    {
        Transport.Tick(now);
        if (Transport.State != RtcSessionState.Connected)
            return;
        if (_reports.TryTake(now))
            SendReport(now);
        TickMedia(now);
    }

    /// <summary>How it is now; once it was added.</summary>
    public SessionReport Report(Instant now) => new(Id, Transport.State, Loop!.PathOf(this), now - _startedAt, ReportStream(now));

    public virtual void OnConnected(Instant now)
    {
    }

    /// <summary>The session is out of the loop; release what points to it.</summary>
    public virtual void OnClosed(Instant now)
    {
    }

    public void Dispose() => Transport.Dispose();

    protected abstract StreamReport ReportStream(Instant now);

    /// <summary>Writes the compound report that is due; false where there is nothing to say.</summary>
    protected abstract bool TryWriteReport(ref RtcpWriter writer, Instant now);

    protected virtual void TickMedia(Instant now)
    {
    }

    private void SendReport(Instant now)
    {
        var buffer = Loop!.GetSendBuffer();
        var writer = new RtcpWriter(buffer[..^RtcSession.MaxOverhead]);
        if (!TryWriteReport(ref writer, now))
            return;
        Flight.Rtcp(true, buffer[..writer.Length], now);
        if (Transport.TryProtectRtcp(buffer, writer.Length, out int length))
            Loop.Send(length, Transport.Remote);
    }
}
