using Ttm.Recorder.Opus;
using Ttm.Rtc.Rtp;

namespace Ttm.Recorder.Transcoding;

/// <summary>
/// Makes the samples of one recording from its packets: puts them in order, decodes, fills what is missing, keeps to the wall clock. No I/O and
/// no clock: the same packets with the same arrival times give the same samples, live or from a journal years later. Positions and times are in
/// samples of the recording, from its start.
/// </summary>
internal sealed class Assembler
{
    private const int RtpClock = 48_000;

    private readonly IAudioDecoder _decoder;
    private readonly Timeline _timeline;
    private readonly PacketWindow _window = new();
    private readonly SoundWriter _writer;
    private readonly ClickGuard _clicks;
    private readonly int _ratio;
    private readonly int _millisecond;
    private readonly short[] _pcm;
    private Epoch? _lastEpoch;
    private long _lastSequence;
    private StreamPosition? _close;
    private long _wallEnd = long.MaxValue;

    public Assembler(IAudioDecoder decoder, ISampleSink output)
    {
        _decoder = decoder;
        _ratio = RtpClock / decoder.SampleRate;
        _millisecond = decoder.SampleRate / 1000;
        _timeline = new Timeline(decoder.SampleRate);
        _pcm = new short[120 * _millisecond];
        _writer = new SoundWriter(decoder, output);
        _clicks = new ClickGuard(decoder.SampleRate);
        Lateness = 3L * decoder.SampleRate;
    }

    public AudioQuality Quality { get; } = new();

    /// <summary>A packet that comes later than this after its time is lost.</summary>
    public long Lateness { get; }

    /// <summary>Samples made so far.</summary>
    public long Cursor => _writer.Cursor;

    /// <summary>
    /// How far <see cref="Advance"/> must be let go to get past the next packet; 0 where none is known.
    /// </summary>
    public long PastNext => _window.First is { Epoch.IsSettled: true } packet ? packet.Position + (250 * _millisecond) : 0;

    /// <summary>
    /// The recording's length, once it is closed: to the sample where the next recording begins, as far as the RTP clock and the wall clock agree to
    /// 40 ms; beyond that the wall clock is right.
    /// </summary>
    public long End
    {
        get
        {
            if (_close is not { HasStream: true } close || _timeline.Current is not { IsSettled: true } epoch || epoch.Ssrc != close.Ssrc)
                return _wallEnd;
            long end = epoch.PositionOf(epoch.UnwrapTimestamp(close.RtpTimestamp));
            long tolerance = 40 * _millisecond;
            return Math.Abs(end - _wallEnd) > 500 * _millisecond ? _wallEnd : Math.Clamp(end, Math.Max(0, _wallEnd - tolerance), _wallEnd + tolerance);
        }
    }

    public void Open(in StreamPosition start) => _timeline.Open(start);

    /// <summary>Takes packets in the order in which they came.</summary>
    public void Accept(ReadOnlySpan<byte> datagram, long arrival)
    {
        // A packet that is not whole Opus counts as lost: its place is found by its neighbours.
        if (!RtpPacket.TryParse(datagram, out RtpPacket packet) || !OpusPacket.TryParse(packet.Payload, out OpusPacket opus))
            return;

        long duration = opus.Duration / _ratio;
        Epoch epoch = _timeline.Place(packet.Ssrc, packet.SequenceNumber, packet.Timestamp, arrival, duration, out long sequence, out long timestamp);
        bool tooLate = epoch.IsSettled && epoch.PlannedPositionOf(timestamp) + duration <= arrival - Lateness;
        if (!tooLate && !IsDone(epoch, sequence))
            _window.TryAdd(epoch, sequence, timestamp, opus, packet.Payload);
    }

    /// <summary>The recording ended here; after this, <see cref="Advance"/> with any horizon makes the rest.</summary>
    /// <param name="at">In samples, by the wall clock.</param>
    public void Close(in StreamPosition end, long at)
    {
        _close = end;
        _wallEnd = at;
        _timeline.Settle(long.MaxValue);
    }

    /// <summary>Makes samples up to about <paramref name="limit"/>.</summary>
    /// <param name="horizon">Every packet that came before has been accepted.</param>
    public void Advance(long limit, long horizon)
    {
        _timeline.Settle(horizon);
        limit = Math.Min(limit, _wallEnd == long.MaxValue ? horizon - Lateness : End);
        while (_window.First is { Epoch.IsSettled: true } packet)
        {
            long duration = packet.Opus.Duration / _ratio;
            if (IsDone(packet.Epoch, packet.Sequence) || packet.Position + duration <= Cursor)
            {
                _window.RemoveFirst();
                continue;
            }

            if (packet.Position >= limit)
            {
                if (_close is not null && limit == End)
                    _writer.Rest(limit, End);
                return;
            }

            if (!TryRender(packet, duration, limit))
                return;
            _window.RemoveFirst();
        }

        _writer.RestOpen(limit, End);
    }

    private bool IsDone(Epoch epoch, long sequence) =>
        _lastEpoch is not null && (epoch.Index < _lastEpoch.Index || (epoch.SequenceSpace == _lastEpoch.SequenceSpace && sequence <= _lastSequence));

    /// <summary>False where it must be known first what follows.</summary>
    private bool TryRender(WaitingPacket packet, long duration, long limit)
    {
        bool linked = _lastEpoch is not null && packet.Epoch.SequenceSpace == _lastEpoch.SequenceSpace;
        long missing = linked ? packet.Sequence - _lastSequence - 1 : 0;
        long gap = packet.Position - Cursor;
        if (missing == 0 && gap >= 100 * _millisecond)
        {
            switch (IsComfortNoise(packet, duration, limit))
            {
                case null:
                    return false;
                case true:
                    // Decoded all the same, so that the decoder stays where the encoder is.
                    _decoder.Decode(packet.Payload, _pcm);
                    _writer.Rest(packet.Position + duration, End);
                    Done(packet);
                    return true;
            }
        }

        if (gap > 0)
            Bridge(packet, missing, duration);

        int count = _decoder.Decode(packet.Payload, _pcm);
        if (count < 0)
        {
            count = (int)duration;
            _decoder.Conceal(_pcm.AsSpan(0, count));
            Quality.Concealed++;
        }

        if (_clicks.Apply(_pcm.AsSpan(0, count)))
            _decoder.Reset();
        _writer.Sound(_pcm.AsSpan(0, count), packet.Position, packet, End);
        Done(packet);
        return true;
    }

    private void Done(WaitingPacket packet)
    {
        Quality.Received++;
        _lastEpoch = packet.Epoch;
        _lastSequence = packet.Sequence;
    }

    /// <summary>
    /// A discontinuous sender refreshes its background noise with a lone packet every 400 ms (RFC 6716 section 2.1.9). Between zeros it would
    /// be a tick. Null where the next packet is not known yet.
    /// </summary>
    private bool? IsComfortNoise(WaitingPacket packet, long duration, long limit)
    {
        long quietUntil = packet.Position + duration + (100 * _millisecond);
        if (_window.Second is { } next)
            return next.Epoch.SequenceSpace == packet.Epoch.SequenceSpace && next.Sequence == packet.Sequence + 1 && next.Epoch.IsSettled && next.Position >= quietUntil;
        if (_close is not null)
            return quietUntil <= End;
        return limit >= quietUntil ? true : null;
    }

    /// <summary>Fills the time before the packet: a pause with zeros, a loss from the packet's own copy of its predecessor, then by guess.</summary>
    private void Bridge(WaitingPacket packet, long missing, long duration)
    {
        long gap = packet.Position - Cursor;
        if (missing == 0)
        {
            gap += _writer.MendInPause(packet, gap);
            _writer.Rest(Cursor + gap, End);
            return;
        }

        long lost = Math.Min(missing, (gap + duration - 1) / duration);
        Quality.Lost += lost;
        int copy = packet.Opus.HasFec && packet.Opus.FrameDuration / _ratio <= gap ? packet.Opus.FrameDuration / _ratio : 0;

        // Where the gap is longer than the packets it lacks there was a pause in it as well, and nobody knows where: only the copy is sure.
        bool onlyLoss = gap <= (missing * duration) + (10 * _millisecond);
        long guess = onlyLoss ? _writer.Conceal(Math.Min(gap - copy, 100 * _millisecond), fadeOut: gap - copy > 100 * _millisecond, End) : 0;
        Quality.Concealed += (guess + duration - 1) / duration;
        _writer.Rest(packet.Position - copy, End);
        if (copy > 0 && _decoder.DecodePrevious(packet.Payload, _pcm.AsSpan(0, copy)))
        {
            Quality.Recovered++;
            _writer.Sound(_pcm.AsSpan(0, copy), packet.Position - copy, null, End);
        }

        _writer.Rest(packet.Position, End);
    }
}
