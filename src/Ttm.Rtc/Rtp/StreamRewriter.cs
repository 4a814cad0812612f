using System.Buffers.Binary;

namespace Ttm.Rtc.Rtp;

/// <summary>
/// Makes one outgoing stream, with one SSRC for life, out of many sources in turn and of silence between them. The receiver sees
/// sequence numbers without a hole other than packets that were truly lost, and timestamps that go on by the wall's time wherever the
/// source changes, so that a switch looks like a pause in speech. Allocates nothing after construction; one owner.
/// <para>
/// Words used here: a <em>stretch</em> is the time from one switch to the next, in which the source's numbers are mapped by one offset;
/// a packet left out on purpose (padding only) moves that offset, so that its successors close the gap.
/// </para>
/// </summary>
public sealed class StreamRewriter
{
    // RFC 3550 appendix A.1: beyond these the source itself has started again.
    private const int MaxDropout = 3_000;
    private const int MaxMisorder = 100;
    private const int NoSequence = -1;

    // The old SSRC of a teacher who has just reconnected may still have packets on the way.
    private static readonly TimeSpan StragglerTime = TimeSpan.FromSeconds(2);

    private ReorderWindow _window;
    private bool _inStretch;
    private bool _hasSource;
    private uint _source;
    private bool _hasFormerSource;
    private uint _formerSource;
    private Instant _sourceChangedAt;
    private int _suspect = NoSequence;
    private uint _timestampOffset;

    private ushort _last;
    private bool _hasSent;
    private uint _end;
    private uint _anchorTimestamp;
    private Instant _anchorAt;

    /// <param name="ssrc">Of the outgoing stream.</param>
    /// <param name="firstSequenceNumber">Of its first packet.</param>
    /// <param name="firstTimestamp">Of its first packet.</param>
    public StreamRewriter(uint ssrc, ushort firstSequenceNumber, uint firstTimestamp)
    {
        Ssrc = ssrc;
        _last = (ushort)(firstSequenceNumber - 1);
        _end = firstTimestamp;
    }

    public uint Ssrc { get; }

    /// <summary>
    /// Random first values, as RFC 3550 section 5.1 wants them; the sequence number from the lower half, so that a loss right at the
    /// start does not confuse the receiver's SRTP rollover count (RFC 3711 section 3.3.1).
    /// </summary>
    public static StreamRewriter Create(uint ssrc, IRandomness randomness)
    {
        Span<byte> bytes = stackalloc byte[6];
        randomness.Fill(bytes);
        ushort sequenceNumber = (ushort)(BinaryPrimitives.ReadUInt16BigEndian(bytes) & 0x7FFF);
        return new StreamRewriter(ssrc, sequenceNumber, BinaryPrimitives.ReadUInt32BigEndian(bytes[2..]));
    }

    /// <summary>
    /// The next packet starts a new talk, whichever source it comes from: marker bit, the next sequence number, a timestamp that goes on
    /// by the wall's time. Call it when the stream's source changes and when a publisher has connected again; a change of SSRC alone is
    /// noticed without it.
    /// </summary>
    public void SwitchSource()
    {
        _inStretch = false;
        _hasSource = false;
        _hasFormerSource = false;
        _suspect = NoSequence;
    }

    /// <summary>The outgoing header for a packet of the current source.</summary>
    /// <param name="reason">
    /// Where false: <see cref="DropReason.PaddingOnly"/> (no payload; successors close the gap), <see cref="DropReason.Duplicate"/>, or
    /// <see cref="DropReason.TooLate"/> (from before this stretch, or more than <see cref="ReorderWindow.Size"/> packets late).
    /// </param>
    public bool TryRewrite(in RtpPacket packet, Instant now, out RtpHeaderValues header, out DropReason reason)
    {
        header = default;
        if (!IsOfCurrentSource(in packet, now))
        {
            reason = DropReason.TooLate;
            return false;
        }

        bool wanted = !packet.Payload.IsEmpty;
        if (!_inStretch)
        {
            reason = wanted ? DropReason.None : DropReason.PaddingOnly;
            if (wanted)
                header = StartStretch(in packet, now);
            return wanted;
        }

        reason = _window.Place(packet.SequenceNumber, wanted, out ushort number);
        if (reason != DropReason.None)
            return false;

        uint timestamp = packet.Timestamp + _timestampOffset;
        header = new RtpHeaderValues(number, timestamp, packet.Marker);
        if (SerialNumber.IsNewer(number, _last))
        {
            Advance(number, timestamp, GetSamples(packet.Payload));
            _anchorTimestamp = timestamp;
            _anchorAt = now;
        }

        return true;
    }

    /// <summary>
    /// The header of a packet of silence made here (<see cref="OpusPayload.Silence"/>, 20 ms), at the place in time that
    /// <paramref name="now"/> is. It ends the stretch: the source's next packet starts a new talk.
    /// </summary>
    public RtpHeaderValues NextSilence(Instant now)
    {
        _inStretch = false;
        return Continue(now, marker: false, OpusPayload.UsualSamples);
    }

    private static int GetSamples(ReadOnlySpan<byte> payload) =>
        OpusPayload.TryGetDuration(payload, out int samples) ? samples : OpusPayload.UsualSamples;

    private bool IsOfCurrentSource(in RtpPacket packet, Instant now)
    {
        uint ssrc = packet.Ssrc;
        if (!_hasSource)
        {
            _source = ssrc;
            _hasSource = true;
            return true;
        }

        if (ssrc == _source)
            return !_inStretch || IsNearby(packet.SequenceNumber);

        if (_hasFormerSource && ssrc == _formerSource && now - _sourceChangedAt < StragglerTime)
            return false;

        _formerSource = _source;
        _hasFormerSource = true;
        _sourceChangedAt = now;
        _source = ssrc;
        _inStretch = false;
        _suspect = NoSequence;
        return true;
    }

    /// <summary>
    /// One packet far off is refused; a second one next to it means that the source started again under its old SSRC (RFC 3550
    /// appendix A.1), which is a new stretch. False to refuse.
    /// </summary>
    private bool IsNearby(ushort sequenceNumber)
    {
        int ahead = _window.GetDistance(sequenceNumber);
        if (ahead is > -MaxMisorder and < MaxDropout)
        {
            _suspect = NoSequence;
            return true;
        }

        bool restarted = sequenceNumber == _suspect;
        _suspect = restarted ? NoSequence : (ushort)(sequenceNumber + 1);
        _inStretch = !restarted;
        return restarted;
    }

    private RtpHeaderValues StartStretch(in RtpPacket packet, Instant now)
    {
        var header = Continue(now, marker: true, GetSamples(packet.Payload));
        _inStretch = true;
        _timestampOffset = header.Timestamp - packet.Timestamp;
        _window = new ReorderWindow(packet.SequenceNumber, header.SequenceNumber);
        return header;
    }

    private RtpHeaderValues Continue(Instant now, bool marker, int samples)
    {
        uint timestamp = _end;
        if (_hasSent)
        {
            // Time goes on from the last packet that kept its source's clock, so that hours of silence add up no rounding; but never back
            // into sound already sent, for a first packet that comes early.
            uint byWall = _anchorTimestamp + (uint)RtpClock.ToSamples(now - _anchorAt);
            if (SerialNumber.IsNewer(byWall, _end))
                timestamp = byWall;
        }
        else
        {
            _anchorTimestamp = timestamp;
            _anchorAt = now;
        }

        ushort number = (ushort)(_last + 1);
        Advance(number, timestamp, samples);
        return new RtpHeaderValues(number, timestamp, marker);
    }

    private void Advance(ushort number, uint timestamp, int samples)
    {
        _hasSent = true;
        _last = number;
        _end = timestamp + (uint)samples;
    }
}
