using Ttm.Rtc;
using Ttm.Rtc.Stun;

namespace Ttm.Sfu.Media.Flight;

/// <summary>What a <see cref="FlightRing"/> held at one moment.</summary>
public sealed class FlightRecording
{
    /// <summary>How far back it is read.</summary>
    public static readonly TimeSpan Span = TimeSpan.FromSeconds(60);

    private readonly uint[] _words;
    private readonly FlightState _before;

    internal FlightRecording(Instant start, Instant takenAt, uint[] words, in FlightState before)
    {
        Start = start;
        TakenAt = takenAt;
        _words = words;
        _before = before;
    }

    /// <summary>The session's.</summary>
    public Instant Start { get; }

    public Instant TakenAt { get; }

    /// <summary>The events of the last minute before it was taken, oldest first.</summary>
    public IEnumerable<FlightEvent> Read()
    {
        var from = TakenAt - Start - Span;
        var state = _before;
        for (int index = 0; index < _words.Length;)
        {
            var record = FlightRecord.At(_words, index);
            index += record.Apply(ref state);
            if (record.Kind != FlightKind.Time && state.Time * FlightRing.Unit >= from)
                yield return Tell(record, state);
        }
    }

    private static FlightEvent Tell(in FlightRecord record, in FlightState state)
    {
        var at = state.Time * FlightRing.Unit;
        return record.Kind switch
        {
            FlightKind.RtpIn or FlightKind.RtpInNext => Rtp(at, false, record, state.In),
            FlightKind.RtpOut or FlightKind.RtpOutNext => Rtp(at, true, record, state.Out),
            FlightKind.RtcpIn or FlightKind.RtcpOut => new FlightEvent(at, FlightEventKind.Rtcp, record.Kind == FlightKind.RtcpOut)
            {
                Type = (byte)record.Info,
                FractionLost = (record.Second >> 24) / 256.0,
                CumulativeLost = (int)(record.Second << 8) >> 8,
                Jitter = record.Third,
            },
            FlightKind.Stun => new FlightEvent(at, FlightEventKind.Stun, (record.Info & 1) != 0, (int)record.Second) { StunClass = (StunClass)(record.Info >> 1) },
            FlightKind.Dtls => new FlightEvent(at, FlightEventKind.Dtls, (record.Info & 1) != 0, (int)record.Second) { Type = (byte)(record.Info >> 1) },
            FlightKind.Drop => Drop(at, record),
            FlightKind.State => new FlightEvent(at, FlightEventKind.State) { State = (RtcSessionState)record.Info },
            FlightKind.Path => new FlightEvent(at, FlightEventKind.Path) { Path = (SessionPath)record.Info },
            FlightKind.Listening => new FlightEvent(at, FlightEventKind.Listening) { Begins = record.Info != 0 },
            _ => new FlightEvent(at, FlightEventKind.Source) { Ssrc = record.Second },
        };
    }

    private static FlightEvent Rtp(TimeSpan at, bool isOutgoing, in FlightRecord record, in FlightState.StreamState stream) =>
        new(at, FlightEventKind.Rtp, isOutgoing, record.Length == 1 ? record.Info : (int)(record.Third & 0xFFFF))
        {
            SequenceNumber = stream.SequenceNumber,
            Timestamp = stream.Timestamp,
            Type = (byte)(stream.PayloadType & 0x7F),
            Marker = (stream.PayloadType & 0x80) != 0,
        };

    private static FlightEvent Drop(TimeSpan at, in FlightRecord record)
    {
        var datagram = (DatagramKind)(record.Info >> 8);
        return new FlightEvent(at, FlightEventKind.Drop, null, (int)(record.Second & 0xFFFF))
        {
            Datagram = datagram,
            Reason = (DropReason)(record.Info & 0xFF),
            SequenceNumber = datagram == DatagramKind.Rtp ? (ushort)(record.Second >> 16) : null,
        };
    }
}
