using Ttm.Rtc;
using Ttm.Rtc.Rtp;

namespace Ttm.Sfu.Media;

/// <summary>
/// What a lesson's teacher says, whichever connection it comes by: at most one listener and at most one recording hear it. Lives as long as
/// the lesson, so that a teacher who reconnects goes on in the same student's stream and the same recording. Owned by the loop.
/// </summary>
internal sealed class Publication
{
    // Within it a missing packet is late rather than unsent, and belongs behind the switch.
    private static readonly TimeSpan LatePacketTime = TimeSpan.FromMilliseconds(200);

    private IRtpSink? _listener;
    private IRtpSink? _recording;
    private bool _hasStream;
    private uint _ssrc;
    private uint _newestTimestamp;
    private int _newestSamples;
    private bool _newestIsDtx;
    private Instant _newestAt;

    /// <summary>The connection that publishes now.</summary>
    public Publisher? Publisher { get; private set; }

    /// <summary>The teacher has connected anew. The listener's stream takes it for a new talk, even where a client keeps its SSRC.</summary>
    public void Publish(Publisher publisher, Instant now)
    {
        Publisher = publisher;
        if (_listener is not null)
            ReplaceListener(_listener, now);
    }

    /// <summary>The connection is gone; nothing changes for those who hear.</summary>
    public void Unpublish(Publisher publisher)
    {
        if (ReferenceEquals(Publisher, publisher))
            Publisher = null;
    }

    /// <summary>From the next packet on, these hear: one pointer change. Returns where in the stream that is.</summary>
    public StreamPosition Switch(IRtpSink? listener, IRtpSink? recording, Instant now)
    {
        var position = GetPosition(now);
        _listener?.Close(position);
        _recording?.Close(position);
        _listener = listener;
        _recording = recording;
        listener?.Open(position);
        recording?.Open(position);
        Publisher?.Flight.Listening(listener is not null, now);
        return position;
    }

    /// <summary>The same student by another connection: the recording goes on.</summary>
    public void ReplaceListener(IRtpSink listener, Instant now)
    {
        var position = GetPosition(now);
        _listener?.Close(position);
        _listener = listener;
        listener.Open(position);
    }

    public void Forward(in RtpPacket packet, Instant now)
    {
        Follow(packet, now);
        _listener?.Write(packet, now);
        _recording?.Write(packet, now);
    }

    private void Follow(in RtpPacket packet, Instant now)
    {
        if (packet.Payload.IsEmpty)
            return;
        bool sameStream = _hasStream && packet.Ssrc == _ssrc;
        if (sameStream && !SerialNumber.IsNewer(packet.Timestamp, _newestTimestamp))
            return;
        _hasStream = true;
        _ssrc = packet.Ssrc;
        _newestTimestamp = packet.Timestamp;
        _newestSamples = OpusPayload.TryGetDuration(packet.Payload, out int samples) ? samples : OpusPayload.UsualSamples;
        _newestIsDtx = OpusPayload.IsDtx(packet.Payload);
        _newestAt = now;
    }

    private StreamPosition GetPosition(Instant now)
    {
        if (!_hasStream)
            return new StreamPosition(now, 0, 0, false);
        uint end = _newestTimestamp + (uint)_newestSamples;
        var quiet = now - _newestAt;
        if (quiet > LatePacketTime || _newestIsDtx)
        {
            uint byWall = _newestTimestamp + (uint)RtpClock.ToSamples(quiet);
            if (SerialNumber.IsNewer(byWall, end))
                end = byWall;
        }

        return new StreamPosition(now, _ssrc, end, true);
    }
}
