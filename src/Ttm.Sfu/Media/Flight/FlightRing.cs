using System.Buffers.Binary;
using Ttm.Rtc;
using Ttm.Rtc.Rtcp;

namespace Ttm.Sfu.Media.Flight;

/// <summary>
/// The last events of a session, at the level of headers, in 16 KiB laid out once: more than a minute of a lesson. The oldest make room for the
/// newest. A packet in its turn costs one word, anything else two or three. No payload and no address goes in. Owned by the loop; allocates nothing.
/// </summary>
internal sealed class FlightRing(Instant start)
{
    public const int Words = 4096;

    /// <summary>How fine its clock is.</summary>
    public static readonly TimeSpan Unit = TimeSpan.FromMicroseconds(100);

    private const int MaxNextSize = 0xFFF;
    private const int ShortestWithNumber = 12;
    private readonly uint[] _words = new uint[Words];
    private FlightState _newest;
    private FlightState _oldest;
    private int _first;
    private int _used;

    /// <summary>A datagram came, and the transport has judged it.</summary>
    /// <param name="datagram">With its header in the clear, as RTP always is and RTCP is once it was used.</param>
    public void Received(DatagramKind kind, ReadOnlySpan<byte> datagram, DropReason reason, Instant now)
    {
        if (reason != DropReason.None)
            Drop(kind, datagram, reason, now);
        else if (kind == DatagramKind.Rtp)
            Rtp(FlightKind.RtpIn, ref _newest.In, datagram, now);
        else if (kind == DatagramKind.Rtcp)
            Rtcp(false, datagram, now);
        else
            Signal(kind, false, datagram, now);
    }

    /// <summary>An RTP packet went to the peer.</summary>
    public void SentRtp(ReadOnlySpan<byte> datagram, Instant now) => Rtp(FlightKind.RtpOut, ref _newest.Out, datagram, now);

    /// <summary>STUN or DTLS went to the peer.</summary>
    public void Sent(ReadOnlySpan<byte> datagram, Instant now) => Signal(MediaDemux.Classify(datagram), true, datagram, now);

    /// <summary>A compound packet in the clear.</summary>
    public void Rtcp(bool isOutgoing, ReadOnlySpan<byte> compound, Instant now)
    {
        int reports = compound.Length < 2 ? 0 : compound[0] & 0x1F;
        int offset = compound.Length < 2 ? 0 : compound[1] == (byte)RtcpPacketType.SenderReport ? 28 : 8;
        ReportBlock block = default;
        if (reports > 0 && compound.Length >= offset)
            _ = ReportBlock.TryParse(compound[offset..], out block);
        uint lost = ((uint)block.FractionLost << 24) | ((uint)block.CumulativeLost & 0xFF_FFFF);
        Write(isOutgoing ? FlightKind.RtcpOut : FlightKind.RtcpIn, compound.Length < 2 ? 0u : compound[1], now, 3, lost, block.Jitter);
    }

    public void Drop(DatagramKind kind, ReadOnlySpan<byte> datagram, DropReason reason, Instant now)
    {
        uint number = kind == DatagramKind.Rtp && datagram.Length >= ShortestWithNumber ? BinaryPrimitives.ReadUInt16BigEndian(datagram[2..]) : 0u;
        Write(FlightKind.Drop, ((uint)kind << 8) | (uint)reason, now, 2, (number << 16) | (ushort)datagram.Length);
    }

    public void State(RtcSessionState state, Instant now) => Write(FlightKind.State, (uint)state, now, 1);

    public void Path(SessionPath path, Instant now) => Write(FlightKind.Path, (uint)path, now, 1);

    public void Listening(bool begins, Instant now) => Write(FlightKind.Listening, begins ? 1u : 0u, now, 1);

    public void Source(uint ssrc, Instant now) => Write(FlightKind.Source, 0, now, 2, ssrc);

    /// <summary>A copy, which anyone may read at leisure.</summary>
    public FlightRecording Take(Instant now)
    {
        uint[] words = new uint[_used];
        for (int index = 0; index < words.Length; index++)
            words[index] = _words[(_first + index) % Words];
        return new FlightRecording(start, now, words, _oldest);
    }

    private void Rtp(FlightKind full, ref FlightState.StreamState stream, ReadOnlySpan<byte> datagram, Instant now)
    {
        if (datagram.Length < ShortestWithNumber)
            return;
        byte types = datagram[1];
        ushort number = BinaryPrimitives.ReadUInt16BigEndian(datagram[2..]);
        uint timestamp = BinaryPrimitives.ReadUInt32BigEndian(datagram[4..]);
        bool isNext = stream.HasPacket && number == stream.NextSequenceNumber && timestamp == stream.NextTimestamp && types == stream.PayloadType;
        if (isNext && datagram.Length <= MaxNextSize)
            Write(full + 1, (uint)datagram.Length, now, 1);
        else
            Write(full, types, now, 3, timestamp, ((uint)number << 16) | (ushort)datagram.Length);
    }

    private void Signal(DatagramKind kind, bool isOutgoing, ReadOnlySpan<byte> datagram, Instant now)
    {
        uint direction = isOutgoing ? 1u : 0u;
        if (kind == DatagramKind.Dtls && datagram.Length > 0)
            Write(FlightKind.Dtls, direction | ((uint)datagram[0] << 1), now, 2, (uint)datagram.Length);
        else if (kind == DatagramKind.Stun && datagram.Length > 1)
            Write(FlightKind.Stun, direction | ((datagram[0] & 1u) << 2) | ((datagram[1] & 0x10u) >> 3), now, 2, (uint)datagram.Length);
    }

    private void Write(FlightKind kind, uint info, Instant now, int length, uint second = 0, uint third = 0)
    {
        long passed = Math.Clamp(((now - start).Ticks / Unit.Ticks) - _newest.Time, 0, uint.MaxValue);
        if (passed > ushort.MaxValue)
        {
            Append((uint)FlightKind.Time << 28, 2, (uint)passed, 0);
            passed = 0;
        }

        Append(((uint)kind << 28) | ((info & 0xFFF) << 16) | (uint)passed, length, second, third);
    }

    private void Append(uint first, int length, uint second, uint third)
    {
        while (Words - _used < length)
        {
            int gone = FlightRecord.At(_words, _first).Apply(ref _oldest);
            _first = (_first + gone) % Words;
            _used -= gone;
        }

        int end = _first + _used;
        _words[end % Words] = first;
        if (length > 1)
            _words[(end + 1) % Words] = second;
        if (length > 2)
            _words[(end + 2) % Words] = third;
        _used += length;
        new FlightRecord(first, second, third).Apply(ref _newest);
    }
}
